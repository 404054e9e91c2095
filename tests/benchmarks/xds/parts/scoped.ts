import { mean, spreadOf } from '../figures.ts'
import { atMost } from '../goals.ts'
import { measure } from '../measure.ts'
import { type Report, short } from '../report.ts'
import { kinds, namespaceOf, writeChange, writeScopedWorkload } from '../workload.ts'
import { inWorld, type Options, World } from '../world.ts'

const size = { namespaces: 100, each: 100 }
const sidecars = 1_000

/** 10,000 services, of which a sidecar sees the 100 of its namespace. */
export function scoped(report: Report, { mode, changes }: Options): Promise<void> {
  const of = kinds({ services: size.each, endpoints: 10, virtualServices: 0 })
  const world = new World(config => {
    writeScopedWorkload(config, size)
    for (const kind of of) writeChange(config, kind, 0)
  })
  return inWorld(world, async () => {
    report.step(`${size.namespaces * size.each} services in ${size.namespaces} namespaces, ${sidecars} sidecars`)
    const server = await world.fresh()
    // A change of one namespace reaches a hundredth of the sidecars, which the measuring client cannot tell apart: they are
    // measured by themselves, beside all the others.
    const namespaces = Array.from({ length: size.namespaces }, (_, n) => namespaceOf(n))
    const { config, scratch } = world
    const idle = server.residentMebibytes
    const all = await measure(server, { config, scratch, sidecars, mode, namespaces, order: [] })
    const held = server.residentMebibytes
    const order = Array.from({ length: changes }, () => of).flat()
    const some = await measure(server, { config, scratch, sidecars: 30, mode, namespaces: [namespaceOf(0)], order })
    const peak = Math.max(all.storm.peakMebibytes, some.storm.peakMebibytes, server.residentMebibytes)
    report.add({
      title: `10,000 services × 10 endpoints, ${sidecars.toLocaleString('en')} sidecars that see 100 each, ${mode}`,
      columns: ['', ''],
      rows: [
        ['start to serving', `${short(server.startSeconds)} s`],
        ['memory before anybody connects', `${idle} MiB`],
        [
          'all connect and are configured',
          `${short(all.storm.seconds)} s, ${short(all.storm.cpuSeconds)} s of CPU, ${all.storm.retries} came again`,
        ],
        ['memory with all of them; the most', `${held} MiB; ${peak} MiB`],
        ['bytes to one', short(all.storm.bytesToOne)],
        ...of.map(({ name }) => {
          const own = some.samples.filter(sample => sample.kind === name)
          const { p50, p99, n } = spreadOf(own.map(sample => sample.last))
          const cpu = mean(own.map(sample => sample.cpuSeconds))
          return [
            `${name} (${n}) to the last of 30 in its namespace`,
            `${short(p50)} / ${short(p99)} ms, ${cpu.toFixed(4)} s of CPU`,
          ]
        }),
      ],
    })
    report.judge(atMost('10,000 services, 1,000 scoped sidecars: memory', 2_048, peak, ' MiB'))
    report.figures.scoped = {
      ...size,
      sidecars,
      idle,
      held,
      peak,
      start: server.startSeconds,
      all: all.storm,
      samples: some.samples,
    }
  })
}
