import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectLab, type Lab, startLab, tutorialWorld } from '@isthmus/lab'
import { controlsOf } from '@isthmus/lab/tutorial/controls.ts'
import { Narrator } from '@isthmus/lab/tutorial/narrator.ts'
import { environment, isthmusCommand, kubectlCommand } from '@isthmus/lab/tutorial/run.ts'
import { Scene, type Step } from '@isthmus/lab/tutorial/scene.ts'
import { type ToolOptions, Tools } from '@isthmus/lab/tutorial/tools.ts'
import { until, when } from '@isthmus/lab/tutorial/wait.ts'
import type { Browser, Page } from 'playwright-core'
import { launch, openWindow, patience, picture, type Window } from './browser.ts'

/** The tutorial's world with a browser beside it. */
export class Stage {
  readonly lab: Lab
  readonly scene: Scene
  readonly browser: Browser
  /** The administrator's window, signed in by the first test. */
  readonly admin: Window
  readonly #close: () => Promise<void>

  private constructor(lab: Lab, scene: Scene, browser: Browser, admin: Window, close: () => Promise<void>) {
    this.lab = lab
    this.scene = scene
    this.browser = browser
    this.admin = admin
    this.#close = close
  }

  /** Starts a world of its own. With ISTHMUS_TEST_LAB the one in that folder is used, or started there, and stays. */
  static async open(): Promise<Stage> {
    const given = process.env.ISTHMUS_TEST_LAB
    const directory = given ?? mkdtempSync(join(tmpdir(), 'isthmus-console-'))
    const lab =
      (given ? await connectLab(given) : undefined) ??
      (await startLab({ dir: directory, worldFile: tutorialWorld, attached: given === undefined, waitTimeout: 600 }))
    const narrator = new Narrator({ live: false, write: () => {} })
    const tools = new Tools(narrator, environment(lab), kubectlCommand(), isthmusCommand())
    const browser = await launch()
    const admin = await openWindow(browser)
    return new Stage(lab, new Scene(tools, narrator, controlsOf(lab)), browser, admin, async () => {
      tools.close()
      await browser.close()
      if (given) return
      await lab.down()
      rmSync(directory, { recursive: true, force: true })
    })
  }

  get page(): Page {
    return this.admin.page
  }

  close(): Promise<void> {
    return this.#close()
  }

  /** One of the tutorial's steps, every check of which must be as expected. */
  async play(step: Step): Promise<void> {
    const before = this.scene.checks.length
    await this.scene.play(step)
    for (const { name, expected, observed, ok } of this.scene.checks.slice(before))
      assert.ok(ok, `${name}: expected ${expected}; observed ${observed}`)
  }

  kubectl(context: string, words: string | readonly string[], options: ToolOptions = {}): Promise<string> {
    return this.scene.tools.kubectl(context, words, { show: false, ...options })
  }

  /** A link of `isthmus console` that signs in once. */
  async link(as: 'viewer' | 'operator' | 'admin' = 'admin'): Promise<string> {
    const said = await this.scene.tools.isthmus(`console --no-open --as ${as} -o json`, { show: false })
    return (JSON.parse(said) as { url: string }).url
  }

  /** A window of somebody else, signed in. */
  async enter(as: 'viewer' | 'operator' | 'admin'): Promise<Window> {
    const window = await openWindow(this.browser)
    await window.page.goto(await this.link(as))
    await window.page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
    return window
  }

  /** Goes to a page of the console in the administrator's window. */
  async go(path: string, page = this.page): Promise<void> {
    await page.goto(new URL(path, page.url()).href)
  }

  /** What is on the screen when a chapter fails, for whoever looks into it; dialogs it left open are gone for the next one. */
  async broken(chapter: string): Promise<void> {
    const name = `failed-${chapter.replaceAll(/[^a-z]+/gi, '-').slice(0, 60)}`
    const pages = this.browser.contexts().flatMap(context => context.pages())
    for (const [index, page] of pages.entries()) await picture(page, `${name}-${index}`, false).catch(() => {})
    // Windows that a chapter opened and did not close.
    for (const context of this.browser.contexts()) if (context !== this.admin.context) await context.close()
    this.admin.said.splice(0)
  }

  /** Looks until it holds. */
  async until(what: string, look: () => Promise<boolean | string>): Promise<void> {
    await until(
      what,
      async () => {
        const seen = await look()
        return when(seen === true, String(seen))
      },
      { seconds: patience / 1000, everyMs: 500 },
    )
  }
}
