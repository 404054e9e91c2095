import { mean, spreadOf } from '../figures.ts'
import { atMost } from '../goals.ts'
import { measure, type Sample } from '../measure.ts'
import { type Report, short } from '../report.ts'
import { kinds, namespaceOf } from '../workload.ts'
import { inWorld, type Options, sizeOf, World } from '../world.ts'

const paces = [undefined, 50, 5] as const
const rounds = 2

/** An endpoint change while another endpoint changes all the time: quiet and busy in turn, so that noise falls on all. */
export function churn(report: Report, options: Options): Promise<void> {
  return inWorld(World.of(options.services), async world => {
    const { sidecars, mode, redirect, changes } = options
    const [endpoint] = kinds(sizeOf(options.services))
    const samples = new Map<number | undefined, Sample[]>(paces.map(pace => [pace, []]))
    const server = await world.fresh()
    const order = Array.from({ length: Math.ceil(changes / rounds) }, () => endpoint!)
    for (let round = 0; round < rounds; round++) {
      for (const pace of paces) {
        report.step(`${sidecars} sidecars, ${mode}: endpoint changes, ${nameOf(pace)}, ${round + 1} of ${rounds}`)
        const { config, scratch } = world
        const fleet = { sidecars, mode, redirect, namespaces: [namespaceOf(0)] }
        const plan = { config, scratch, ...fleet, order, churnEveryMs: pace }
        samples.get(pace)!.push(...(await measure(server, plan)).samples)
      }
    }
    const spread = (pace: number | undefined) => spreadOf(samples.get(pace)!.map(sample => sample.last))
    const calm = spread(undefined)
    report.add({
      title: `${sidecars} sidecars, ${mode}: an endpoint change to the last sidecar while another endpoint changes`,
      columns: ['', 'p50', 'p99', 'least to most', 'CPU a change, the others with it'],
      rows: paces.map(pace => {
        const { n, p50, p99, least, most } = spread(pace)
        const cpu = mean(samples.get(pace)!.map(sample => sample.cpuSeconds))
        const times = [`${short(p50)} ms`, `${short(p99)} ms`, `${short(least)} to ${short(most)}`]
        return [`${nameOf(pace)} (${n})`, ...times, `${cpu.toFixed(4)} s`]
      }),
      note: 'Istio, every 50 ms, 100 sidecars: p50 8,600 ms.',
    })
    for (const pace of paces)
      if (pace)
        report.judge(
          atMost(`endpoint, ${sidecars} sidecars, ${nameOf(pace)}: p99`, 3 * calm.p99, spread(pace).p99, ' ms', 1),
        )
    report.figures[`churn ${sidecars} ${mode}`] = Object.fromEntries(paces.map(p => [nameOf(p), samples.get(p)]))
  })
}

function nameOf(pace: number | undefined): string {
  return pace === undefined ? 'quiet' : `another every ${pace} ms`
}
