import { lineThrough, mean, spreadOf } from '../figures.ts'
import { atMost } from '../goals.ts'
import { measure, type Sample, type Storm } from '../measure.ts'
import { type Report, short } from '../report.ts'
import { kinds, namespaceOf } from '../workload.ts'
import { inWorld, type Options, sizeOf, World } from '../world.ts'
import { besideBare, besideText } from './beside-bare.ts'

const services = [1_000, 2_000, 5_000, 10_000]
const sidecars = [30, 100, 300, 1_000]

/**
 * Eight seconds after a burst V8 collects once more what it left: of 10,000 services half a second of CPU, which is that of
 * connecting, and not of a change that is made at the time.
 */
const restMs = 10_000

interface Point {
  readonly at: number
  readonly storm: Storm
  readonly samples: readonly Sample[]
}

/** What an endpoint change costs as the mesh grows: by services with few sidecars, by sidecars with 1,000 services. */
export async function curves(report: Report, options: Options): Promise<void> {
  const byServices: Point[] = []
  for (const count of services)
    byServices.push(await point(report, { ...options, services: count, sidecars: sidecars[0]! }, count))
  show(report, 'services', `${sidecars[0]} sidecars`, byServices)
  const [first, last] = [byServices[0]!, byServices.at(-1)!]
  const half = ({ samples }: Point) => spreadOf(samples.map(sample => sample.last)).p50
  report.judge(
    atMost('endpoint change, 10,000 services against 1,000: CPU, medians', 1.5, cpuOf(last) / cpuOf(first), '×', 2),
    atMost('endpoint change, 10,000 services against 1,000: p50', 1.5, half(last) / half(first), '×', 2),
  )
  const bySidecars: Point[] = []
  for (const count of sidecars)
    bySidecars.push(await point(report, { ...options, services: services[0]!, sidecars: count }, count))
  show(report, 'sidecars', `${services[0]!.toLocaleString('en')} services`, bySidecars)
  const line = lineThrough(bySidecars.map(p => [p.at, cpuOf(p) * 1e6] as const))
  const each = mean(
    bySidecars.slice(1).map(p => (cpuOf(p) * 1e6 - cpuOf(bySidecars[0]!) * 1e6) / (p.at - bySidecars[0]!.at)),
  )
  report.add({
    title: 'What one more sidecar costs an endpoint change',
    columns: ['', ''],
    rows: [
      ['CPU of one more sidecar (slope)', `${short(line.slope)} µs`],
      ['the same, mean of the steps from the first point', `${short(each)} µs`],
      ['CPU with none (where the line begins)', `${short(line.at0 / 1000)} ms`],
    ],
  })
  await many(report, options)
}

/** The largest storm beside a bare server. */
async function many(report: Report, { mode }: Options): Promise<void> {
  const count = sidecars.at(-1)!
  report.step(`${count} sidecars connect, beside a bare HTTP/2 server`)
  await inWorld(World.of(services[0]!), async world => {
    const { config, scratch } = world
    const { own, bare } = await besideBare(world, {
      config,
      scratch,
      sidecars: count,
      mode,
      namespaces: [namespaceOf(0)],
    })
    report.add({
      title: `${count.toLocaleString('en')} sidecars connect and are configured, ${mode}`,
      columns: ['', ''],
      rows: [
        ['this server', besideText(own)],
        ['a bare HTTP/2 server, the same bytes and clients', besideText(bare)],
      ],
    })
    report.judge(atMost(`${count} connect: times a bare HTTP/2 server`, 2, own.seconds / bare.seconds, '×', 2))
    report.figures.many = { sidecars: count, own, bare }
  })
}

function point(report: Report, options: Options, at: number): Promise<Point> {
  const { services: count, sidecars: clients, mode, changes } = options
  report.step(`${count} services, ${clients} sidecars: ${changes} endpoint changes`)
  return inWorld(World.of(count), async world => {
    const [endpoint] = kinds(sizeOf(count))
    const order = Array.from({ length: changes }, () => endpoint!)
    const { config, scratch } = world
    const plan = { config, scratch, sidecars: clients, mode, namespaces: [namespaceOf(0)], order, own: true, restMs }
    const { storm, samples } = await measure(await world.fresh(), plan)
    return { at, storm, samples }
  })
}

/** The median: V8 collects what connecting left some seconds later, a third of a second at 10,000 services, on one change. */
function cpuOf({ samples }: Point): number {
  return spreadOf(samples.map(sample => sample.cpuSeconds)).p50
}

function show(report: Report, by: string, fixed: string, points: readonly Point[]): void {
  report.add({
    title: `An endpoint change by number of ${by}, ${fixed}`,
    columns: [by, 'p50 to the last', 'p99', 'CPU: median, mean', 'all connect: time, CPU, memory, came again'],
    rows: points.map(({ at, storm, samples }) => {
      const { p50, p99, n } = spreadOf(samples.map(sample => sample.last))
      const cpu = spreadOf(samples.map(sample => sample.cpuSeconds))
      const average = mean(samples.map(sample => sample.cpuSeconds))
      const connect = `${short(storm.seconds)} s, ${short(storm.cpuSeconds)} s, ${storm.peakMebibytes} MiB, ${storm.retries}`
      return [
        `${at.toLocaleString('en')} (${n})`,
        `${short(p50)} ms`,
        `${short(p99)} ms`,
        `${cpu.p50.toFixed(4)}, ${average.toFixed(4)} s`,
        connect,
      ]
    }),
  })
  report.figures[`curve by ${by}`] = points
}
