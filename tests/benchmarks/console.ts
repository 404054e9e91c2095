// `npm run benchmark -- console`: how fast the console is there, and how it carries a large mesh, in a real browser.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium, type Page } from 'playwright-core'
import { freePort } from '../../packages/control-plane/test/support/free-port.ts'
import { findChromium } from '../../scripts/setup/chromium.mjs'
import { benchmark, type Common, count } from './command.ts'
import { scrollThrough } from './console/scroll.ts'
import { type Visit, visit } from './console/visit.ts'
import { onEnd } from './on-end.ts'
import { spreadOf } from './xds/figures.ts'
import { atMost } from './xds/goals.ts'
import { Report, short } from './xds/report.ts'
import { Server } from './xds/server.ts'
import { writeWorkload } from './xds/workload.ts'
import { sizeOf } from './xds/world.ts'

const { services, runs, markdown, json } = benchmark('console', 'How fast the console is there, in a real Chromium.')
  .option('--services <n>', 'with 10 endpoints each', count(60_000), 1_000)
  .option('--runs <n>', 'visits', count(1_000), 10)
  .option('--markdown', 'print tables for a page', false)
  .parse()
  .opts<Common & { services: number; runs: number; markdown: boolean }>()
const executablePath = findChromium()
if (!executablePath || !existsSync(executablePath)) {
  console.error('no Chromium: apt-get install -y chromium fonts-liberation')
  process.exit(1)
}
const report = new Report(markdown)
const folder = mkdtempSync(join(tmpdir(), 'isthmus-benchmark-'))
onEnd(() => rmSync(folder, { recursive: true, force: true }))
writeWorkload(folder, sizeOf(services))
const port = await freePort()
const url = `http://127.0.0.1:${port}/`
report.step(`${services} services × 10 endpoints from a directory`)
const server = await Server.start(folder, ['--api-address', `127.0.0.1:${port}`, '--api-plaintext'])
const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
try {
  // xDS serves first, the HTTP API a moment later.
  while (
    !(await fetch(url).then(
      a => a.ok,
      () => false,
    ))
  )
    await sleep(50)
  await arrivals()
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
  await scrolling(page)
  await searching(page)
  report.end()
  if (json) writeFileSync(json, `${JSON.stringify(report.figures, null, 2)}\n`)
} finally {
  await browser.close()
  await server.stop()
}

/** The first visit of a browser that knows nothing of the console, and the next one. */
async function arrivals(): Promise<void> {
  report.step(`${runs} first visits and as many second ones`)
  const [first, second]: [Visit[], Visit[]] = [[], []]
  for (let run = 0; run < runs; run++) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    first.push(await visit(context, url))
    second.push(await visit(context, url))
    await context.close()
  }
  const row = (what: string, pick: (v: Visit) => number, unit: string) => [
    what,
    text(first.map(pick), unit),
    text(second.map(pick), unit),
  ]
  report.add({
    title: `The overview of ${services} services, ${runs} visits: median (least to most)`,
    columns: ['', 'first visit', 'next visit'],
    rows: [
      row('first paint', v => v.firstPaint, ' ms'),
      row('useful paint: the regions with their states', v => v.useful, ' ms'),
      row('JavaScript until then, as served', v => v.scriptBytes / 1000, ' KB'),
      row('styles until then, as served', v => v.styleBytes / 1000, ' KB'),
    ],
  })
  report.figures.arrivals = { first, second }
  report.judge(
    atMost('first useful paint on loopback, median', 1000, spreadOf(first.map(v => v.useful)).p50, ' ms'),
    atMost('JavaScript until then', 250, spreadOf(first.map(v => v.scriptBytes)).most / 1000, ' KB'),
  )
}

async function scrolling(page: Page): Promise<void> {
  report.step('scrolling through all services')
  await page.goto(new URL('/services', url).href)
  await page.getByRole('region', { name: 'Services', exact: true }).locator('tr[data-index]').first().waitFor()
  const { frames, rowsInDocument, lastRow } = await scrollThrough(page, 'Services')
  const { p50, p99, most } = spreadOf(frames)
  const late = frames.filter(ms => ms > 50).length
  report.add({
    title: `The table of ${services} services, scrolled from end to end`,
    columns: ['frames', 'p50', 'p99', 'longest', 'later than 50 ms', 'rows in the document'],
    rows: [
      [`${frames.length}`, `${short(p50)} ms`, `${short(p99)} ms`, `${short(most)} ms`, `${late}`, `${rowsInDocument}`],
    ],
    note: `The last row is ${lastRow.trim()}. Drawn without a graphics card.`,
  })
  report.figures.scrolling = { frames, rowsInDocument }
  report.judge(atMost('frames later than 50 ms', 5, (100 * late) / frames.length, ' %', 1))
}

/** From a key to the rows on the screen, and what of it the control plane takes. */
async function searching(page: Page): Promise<void> {
  report.step('searching')
  const served = (await page.evaluate(`(async () => {
    const times = []
    for (let i = 0; i < 100; i++) {
      const began = performance.now()
      const answer = await fetch('/api/v1/services?limit=100&search=svc-' + (i * 7919) % ${services})
      await answer.json()
      times.push(performance.now() - began)
    }
    return times
  })()`)) as number[]
  const typed: number[] = []
  const field = page.getByRole('textbox', { name: 'Search' }).or(page.getByRole('searchbox'))
  for (let i = 0; i < 10; i++) {
    const name = `svc-${services - 1 - i}`
    const began = performance.now()
    await field.first().fill(name)
    await page.getByRole('row').nth(1).getByText(name, { exact: false }).waitFor()
    typed.push(performance.now() - began)
  }
  const asked = spreadOf(served)
  report.add({
    title: `Search in ${services} services`,
    columns: ['', 'p50', 'p99', 'least to most'],
    rows: [
      [
        'asked by the page, 100 times',
        `${short(asked.p50)} ms`,
        `${short(asked.p99)} ms`,
        `${short(asked.least)} to ${short(asked.most)}`,
      ],
      [
        'from the key to the row, 10 times',
        `${short(spreadOf(typed).p50)} ms`,
        `${short(spreadOf(typed).p99)} ms`,
        `${short(spreadOf(typed).least)} to ${short(spreadOf(typed).most)}`,
      ],
    ],
    note: 'The page waits a moment for the next key before it asks.',
  })
  report.figures.searching = { served, typed }
}

function text(numbers: readonly number[], unit: string): string {
  const { p50, least, most } = spreadOf(numbers)
  return `${short(p50)}${unit} (${short(least)} to ${short(most)})`
}
