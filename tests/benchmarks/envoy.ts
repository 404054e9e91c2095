// `npm run benchmark -- envoy`: what our way of delivering routes costs a real Envoy, beside one table a port.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { benchmark, type Common, count } from './command.ts'
import { RealEnvoy } from './envoy/real-envoy.ts'
import { onEnd } from './on-end.ts'
import { spreadOf } from './xds/figures.ts'
import { atMost } from './xds/goals.ts'
import { Report } from './xds/report.ts'
import { Server } from './xds/server.ts'
import { kinds, writeChange, writeWorkload } from './xds/workload.ts'
import { sizeOf } from './xds/world.ts'

interface Asked extends Common {
  readonly services: number
  readonly changes: number
  readonly runs: number
  readonly concurrency: number
  readonly markdown: boolean
}

const { services, changes, runs, concurrency, markdown, json } = benchmark(
  'envoy',
  'What following the mesh costs a real Envoy, by the way in which it gets its routes.',
)
  .option('--services <n>', 'with 10 endpoints each', count(60_000), 1_000)
  .option('--changes <n>', 'of each kind', count(150), 20)
  .option('--runs <n>', 'of each way, in turn', count(100), 2)
  .option('--concurrency <n>', 'worker threads of Envoy', count(64), 2)
  .option('--markdown', 'print tables for a page', false)
  .parse()
  .opts<Asked>()

/** Milliseconds after a change was sent, in which Envoy takes it: none is merged with another. */
const spacing = 150
const size = sizeOf(services)

interface Figures {
  /** MiB: resident and handed out once all is loaded, and resident after all changes. */
  readonly memory: { readonly loaded: number; readonly allocated: number; readonly afterChanges: number }
  /** CPU seconds until all was loaded. */
  readonly loading: number
  /** Milliseconds of CPU a change, by kind. */
  readonly perChange: Readonly<Record<string, number>>
}

/**
 * All get the same clusters from the same control plane. A sidecar without redirection is told services by Host alone, so all
 * routes are in one table, as Istio's are. Istio's sidecars count requests too, and each endpoint tells them its workload.
 */
const ways = [
  { name: 'own addresses', redirect: 'uid', listeners: services, requestMetrics: 'standard' },
  { name: 'one table', redirect: 'none', listeners: 1, requestMetrics: 'standard' },
  { name: 'one table, as Istio', redirect: 'none', listeners: 1, requestMetrics: 'full' },
] as const

const report = new Report(markdown)
const seen = new Map<string, Figures[]>(ways.map(way => [way.name, []]))
// In turn, so that what else the machine does meets all.
for (let run = 0; run < runs; run++) {
  for (const way of ways) {
    report.step(`${way.name}, run ${run + 1} of ${runs}`)
    seen.get(way.name)!.push(await measure(way))
  }
}
tell()

async function measure(way: (typeof ways)[number]): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'isthmus-benchmark-'))
  const clear = () => rmSync(folder, { recursive: true, force: true })
  const forget = onEnd(clear)
  writeWorkload(folder, size)
  const server = await Server.start(folder, ['--request-metrics', way.requestMetrics])
  const envoy = await RealEnvoy.start({ xdsPort: server.port, redirect: way.redirect, concurrency })
  try {
    await envoy.has(services, way.listeners)
    await sleep(3_000)
    const loading = envoy.cpuSeconds
    const memory = { loaded: envoy.residentMebibytes, allocated: await envoy.allocatedMebibytes() }
    // The lesser of two: what is left over from loading is no idle time.
    const idle = [await cpuOver(envoy, () => sleep(3_000)), await cpuOver(envoy, () => sleep(3_000))]
    const idlePerMs = Math.min(...idle.map(({ cpu, ms }) => cpu / ms))
    const perChange: Record<string, number> = {}
    for (const kind of kinds(size)) {
      writeChange(folder, kind, 1)
      await sleep(1_000)
      const { cpu, ms } = await cpuOver(envoy, async () => {
        for (let n = 2; n < changes + 2; n++) {
          const sent = envoy.sent(kind.marker(n))
          writeChange(folder, kind, n)
          await sent
          await sleep(spacing)
        }
      })
      perChange[kind.name] = ((cpu - idlePerMs * ms) / changes) * 1000
      await holds(envoy, kind.marker(changes + 1))
    }
    return { memory: { ...memory, afterChanges: envoy.residentMebibytes }, loading, perChange }
  } finally {
    await envoy.stop()
    await server.stop()
    clear()
    forget()
  }
}

async function cpuOver(envoy: RealEnvoy, work: () => Promise<unknown>) {
  const [began, cpu] = [performance.now(), envoy.cpuSeconds]
  await work()
  return { cpu: envoy.cpuSeconds - cpu, ms: performance.now() - began }
}

/** The last change arrives, and nothing was refused. */
async function holds(envoy: RealEnvoy, marker: string): Promise<void> {
  for (let i = 0; !(await envoy.ask('/config_dump?include_eds')).includes(marker); i++) {
    if (i === 20) throw new Error(`Envoy does not have the last change (${marker})`)
    await sleep(500)
  }
  const refused = [...(await envoy.stats())].filter(([name, n]) => name.endsWith('.update_rejected') && n > 0)
  if (refused.length > 0) throw new Error(`Envoy refused: ${refused.join(', ')}`)
}

function tell(): void {
  const column = (pick: (f: Figures) => number) => ways.map(way => spreadOf(seen.get(way.name)!.map(pick)))
  const row = (what: string, digits: number, pick: (f: Figures) => number) => {
    const text = (n: number) => n.toFixed(digits)
    const cells = column(pick).map(s => `${text(s.p50)} (${text(s.least)} to ${text(s.most)})`)
    return [what, ...cells]
  }
  report.add({
    title: `Envoy, ${services} services, ${runs} runs of each: median (least to most)`,
    columns: ['', ...ways.map(way => way.name)],
    rows: [
      ...kinds(size).map(kind => row(`${kind.name} change, ms of CPU`, 2, f => f.perChange[kind.name]!)),
      row('loading all, s of CPU', 2, f => f.loading),
      row('memory, MiB resident', 0, f => f.memory.loaded),
      row('memory, MiB handed out', 0, f => f.memory.allocated),
      row('memory after all changes, MiB', 0, f => f.memory.afterChanges),
    ],
    note: `${changes} changes of each kind one after the other, ${concurrency} worker threads, the bootstrap of injected sidecars.`,
  })
  const median = (way: (typeof ways)[number]['name'], pick: (f: Figures) => number) =>
    spreadOf(seen.get(way)!.map(pick)).p50
  report.judge(
    atMost(
      "one service's routes change: CPU",
      2,
      median('own addresses', f => f.perChange.virtualservice!),
      ' ms',
      2,
    ),
    atMost(
      "memory beside Istio's way",
      120,
      (100 * median('own addresses', f => f.memory.loaded)) / median('one table, as Istio', f => f.memory.loaded),
      ' %',
    ),
  )
  report.figures.envoy = Object.fromEntries(seen)
  report.end()
  if (json) writeFileSync(json, `${JSON.stringify(report.figures, null, 2)}\n`)
}
