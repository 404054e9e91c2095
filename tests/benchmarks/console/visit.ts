import type { BrowserContext } from 'playwright-core'

/** What one visit of the overview took, from the click on its address; milliseconds. */
export interface Visit {
  /** Something is on the screen. */
  readonly firstPaint: number
  /** The frame in which the regions with their states stand on the screen. */
  readonly useful: number
  /** Bytes over the wire until then, compressed as served; none for what the browser has kept. */
  readonly scriptBytes: number
  readonly styleBytes: number
  readonly files: number
}

/** Tells the page's own clock when the first region's card is painted: a frame later than when it is in the document. */
const watch = `new MutationObserver((_, observer) => {
  if (!document.querySelector('article[aria-label]')) return
  observer.disconnect()
  requestAnimationFrame(() => requestAnimationFrame(() => { window.usefulAt = performance.now() }))
}).observe(document, { childList: true, subtree: true })`

/** Opens the overview in a new tab of a context: a fresh context knows nothing of it, a used one has its files. */
export async function visit(context: BrowserContext, url: string): Promise<Visit> {
  const page = await context.newPage()
  await page.addInitScript({ content: watch })
  await page.goto(url)
  // Asked again and again: the page's policy lets nobody evaluate a string inside it.
  while (!(await page.evaluate('window.usefulAt'))) await page.waitForTimeout(50)
  const seen = (await page.evaluate(`(() => {
    const before = performance.getEntriesByType('resource').filter(e => e.responseEnd <= window.usefulAt)
    const bytes = kind => before.filter(e => e.name.split('?')[0].endsWith(kind)).reduce((n, e) => n + e.transferSize, 0)
    const [paint] = performance.getEntriesByName('first-contentful-paint')
    return { firstPaint: paint.startTime, useful: window.usefulAt, scriptBytes: bytes('.js'), styleBytes: bytes('.css'), files: before.length }
  })()`)) as Visit
  await page.close()
  return seen
}
