import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { findChromium } from '../../scripts/setup/chromium.mjs'

/** On a busy machine a world with two clusters beside a browser is slow: patience costs nothing where all is well. */
export const patience = 90_000

/** Why there is nothing to test with; undefined where there is a browser. */
export function noBrowser(): string | undefined {
  if (findChromium()) return undefined
  return process.env.ISTHMUS_CHROMIUM
    ? `ISTHMUS_CHROMIUM names ${process.env.ISTHMUS_CHROMIUM}, which is not there`
    : 'no Chromium: apt-get install -y chromium fonts-liberation, or ISTHMUS_CHROMIUM=/path/to/chromium'
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    // Chromium's own sandbox refuses root; what it opens here is the mesh's own pages on loopback.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })
}

/** A browser of one person, and what its console said. */
export interface Window {
  readonly context: BrowserContext
  readonly page: Page
  /** Errors and warnings of the page's console, uncaught exceptions, and breaches of the content security policy. */
  readonly said: string[]
}

/** A fresh window: no cookie, no storage. */
export async function openWindow(browser: Browser, options: BrowserContextOptions = {}): Promise<Window> {
  const context = await browser.newContext({
    ...{ viewport: { width: 1440, height: 900 }, ignoreHTTPSErrors: true, locale: 'en', reducedMotion: 'reduce' },
    ...options,
  })
  context.setDefaultTimeout(patience)
  const said: string[] = []
  await context.exposeBinding('tellBreach', (_, breach: string) => void said.push(`policy: ${breach}`))
  await context.addInitScript({
    content: `document.addEventListener('securitypolicyviolation', event =>
      tellBreach(event.violatedDirective + ' forbids ' + event.blockedURI + ' at ' + event.sourceFile + ':' + event.lineNumber))`,
  })
  const page = await context.newPage()
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type()))
      said.push(`${message.type()}: ${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', error => said.push(`exception: ${error.stack ?? error.message}`))
  return { context, page, said }
}

/** What was said since the last time, but for what the test itself brought about. */
export function silent({ said }: Window, expected: RegExp = /^$/): void {
  const rest = said.splice(0).filter(line => !expected.test(line))
  assert.deepEqual(rest, [])
}

const pictures = process.env.ISTHMUS_SCREENSHOTS

/** For people: a picture into the folder that ISTHMUS_SCREENSHOTS names. */
export async function picture(page: Page, name: string, fullPage = true): Promise<void> {
  if (!pictures) return
  mkdirSync(pictures, { recursive: true })
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage })
}
