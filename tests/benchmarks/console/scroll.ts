import type { Page } from 'playwright-core'

/** Frames while a table is scrolled from its first row to its last; milliseconds between one and the next. */
export interface Scroll {
  readonly frames: readonly number[]
  /** Rows in the document at the end: those in sight and some around them. */
  readonly rowsInDocument: number
  readonly lastRow: string
}

/** Turns the wheel over a table until its last row was in sight. Pages of rows are fetched on the way. */
export async function scrollThrough(page: Page, label: string): Promise<Scroll> {
  const table = page.getByRole('region', { name: label, exact: true })
  const rows = Number(await table.getByRole('table').getAttribute('aria-rowcount')) - 1
  await table.hover()
  await page.evaluate(`(() => {
    window.frames_ = []
    let last = performance.now()
    const frame = now => { window.frames_.push(now - last); last = now; window.frame_ = requestAnimationFrame(frame) }
    window.frame_ = requestAnimationFrame(frame)
  })()`)
  const last = table.locator(`tr[aria-rowindex="${rows + 1}"]`)
  for (let turns = 0; (await last.count()) === 0; turns++) {
    if (turns > rows) throw new Error(`the last of ${rows} rows did not come into sight`)
    await page.mouse.wheel(0, 400)
    await page.waitForTimeout(16)
  }
  const frames = (await page.evaluate('cancelAnimationFrame(window.frame_), window.frames_.slice(1)')) as number[]
  return {
    frames,
    rowsInDocument: await table.locator('tbody tr[data-index]').count(),
    lastRow: (await last.locator('td').first().textContent()) ?? '',
  }
}
