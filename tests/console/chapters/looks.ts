import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { picture, silent } from '../browser.ts'
import { pages } from '../pages.ts'
import type { Stage } from '../stage.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Serious and critical breaches of WCAG 2.1 AA, each with the first element. */
async function breaches(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  const { violations } = (await page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], resultTypes: ['violations'] })`,
  )) as AxeResults
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id} ×${nodes.length}: ${nodes[0]?.html.slice(0, 160)} ${nodes[0]?.failureSummary ?? ''}`)
}

/** Every page in both schemes: readable by everybody, and nothing in the browser's console. */
export async function everyPage(stage: Stage): Promise<void> {
  const { page } = stage
  const found: string[] = []
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    for (const [name, path] of pages) {
      await stage.go(path)
      await page.getByRole('heading', { level: 1 }).first().waitFor()
      await page.locator('main').getByText(/./).first().waitFor()
      await page.locator('.mantine-Skeleton-root').first().waitFor({ state: 'detached' })
      await page.waitForTimeout(400)
      found.push(...(await breaches(page)).map(breach => `${name}, ${scheme}: ${breach}`))
      await picture(page, `${name}-${scheme}`)
      silent(stage.admin)
    }
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  assert.deepEqual(found, [])
}

/** The overview on a phone: nothing is wider than the screen, and the pages are reached. */
export async function phone(stage: Stage): Promise<void> {
  const { page } = stage
  await page.setViewportSize({ width: 390, height: 844 })
  await stage.go('/')
  await page.getByRole('article', { name: 'cn-hangzhou' }).waitFor()
  const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
  assert.ok(Number(wide) <= 0, `${wide} px wider than the screen`)
  await picture(page, 'overview-phone')
  await page.getByRole('banner').getByRole('button', { name: 'Pages' }).click()
  await page.getByRole('link', { name: 'Regional traffic' }).first().click()
  await page.getByRole('heading', { name: 'Regional traffic', level: 1 }).waitFor()
  await page.setViewportSize({ width: 1440, height: 900 })
  silent(stage.admin)
}

/** Without a mouse: to a page, to a rule, through a dialog and out of it. */
export async function keyboard(stage: Stage): Promise<void> {
  const { page } = stage
  await stage.go('/')
  await page.getByRole('article', { name: 'cn-hangzhou' }).waitFor()
  await page.keyboard.press('Tab')
  assert.equal(await focused(page), 'Skip to content')
  await tabTo(page, 'Clusters')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Clusters', level: 1 }).waitFor()
  await tabTo(page, 'Add a cluster')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Add a cluster' })
  await dialog.waitFor()
  assert.equal(await page.evaluate(`document.querySelector('[role=dialog]').contains(document.activeElement)`), true)
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
  assert.equal(await focused(page), 'Add a cluster', 'focus comes back to where the dialog was opened')
  await stage.go('/regional-traffic')
  await page.getByRole('button', { name: 'Add distribution rule' }).waitFor()
  await tabTo(page, 'Add distribution rule')
  await page.keyboard.press('Enter')
  await tabTo(page, 'Review and save')
  await tabTo(page, 'Discard', 'Shift+Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Review and save' }).waitFor({ state: 'detached' })
  silent(stage.admin)
}

function focused(page: Page): Promise<string> {
  return page.evaluate(`(() => { const at = document.activeElement;
    return (at?.getAttribute('aria-label') || at?.textContent || '').trim() })()`)
}

async function tabTo(page: Page, name: string, key = 'Tab'): Promise<void> {
  for (let presses = 0; presses < 120; presses++) {
    await page.keyboard.press(key)
    if ((await focused(page)) === name) return
    // An editor takes Tab for itself until Escape is pressed before it.
    if (await page.evaluate(`Boolean(document.activeElement?.closest('.cm-editor'))`))
      await page.keyboard.press('Escape')
  }
  throw new Error(`"${name}" was not reached by ${key}`)
}
