import { FleetProcess } from '../client/commands.ts'
import { mean, spreadOf } from '../figures.ts'
import { atMost } from '../goals.ts'
import { changeOnce, rest, type Sample } from '../measure.ts'
import { type Report, short } from '../report.ts'
import { kinds, namespaceOf } from '../workload.ts'
import { inWorld, type Options, sizeOf, World } from '../world.ts'

const rounds = 4

/**
 * Figures of sidecars that read, without and with others that do not: half of those stop once they are configured, half
 * never read at all. In turn, so that noise falls on both. Always with this project's own client.
 */
export function slow(report: Report, options: Options, count: number): Promise<void> {
  return inWorld(World.of(options.services), async world => {
    const { sidecars, mode, changes } = options
    const server = await world.fresh()
    const namespaces = [namespaceOf(0)]
    const readers = new FleetProcess()
    const samples: Record<'without' | 'with', Sample[]> = { without: [], with: [] }
    const memory: Record<'without' | 'with', number[]> = { without: [], with: [] }
    const of = kinds(sizeOf(options.services)).slice(0, 2)
    let i = 0
    try {
      await readers.connect({ port: server.port, count: sidecars, mode, namespaces })
      await rest(server)
      const block = async (which: 'without' | 'with') => {
        for (let n = 0; n < Math.ceil(changes / rounds); n++)
          for (const kind of of)
            samples[which].push(
              await changeOnce(server, readers, { config: world.config, count: sidecars, kind, i: i++ }),
            )
        memory[which].push(server.residentMebibytes)
      }
      for (let round = 0; round < rounds; round++) {
        report.step(`${sidecars} sidecars beside ${count} that read nothing, ${round + 1} of ${rounds}`)
        await block('without')
        const hung = [new FleetProcess(), new FleetProcess()] as const
        const [some, others] = [Math.ceil(count / 2), Math.floor(count / 2)]
        await hung[0].connect({ port: server.port, count: some, mode, namespaces, first: 10_000, stall: 'full' })
        if (others > 0)
          await hung[1].connect({ port: server.port, count: others, mode, namespaces, first: 20_000, stall: 'start' })
        await rest(server)
        await block('with')
        await Promise.all(hung.map(fleet => fleet.stop()))
        await rest(server)
      }
    } finally {
      await readers.stop()
    }
    show(report, { sidecars, mode, count }, samples, memory)
  })
}

function show(
  report: Report,
  { sidecars, mode, count }: { readonly sidecars: number; readonly mode: string; readonly count: number },
  samples: Readonly<Record<'without' | 'with', readonly Sample[]>>,
  memory: Readonly<Record<'without' | 'with', readonly number[]>>,
): void {
  const names = [...new Set(samples.with.map(sample => sample.kind))]
  const last = (which: 'without' | 'with', kind: string) =>
    spreadOf(samples[which].filter(sample => sample.kind === kind).map(sample => sample.last))
  const cell = (which: 'without' | 'with', kind: string) => {
    const { p50, p99 } = last(which, kind)
    return `${short(p50)} / ${short(p99)} ms`
  }
  const more = spreadOf(memory.with).p50 - spreadOf(memory.without).p50
  report.add({
    title: `${sidecars} sidecars, ${mode}, beside ${count} clients that read nothing: p50 / p99 to the last of the others`,
    columns: ['', 'without them', 'with them'],
    rows: [
      ...names.map(kind => [`${kind} (${last('with', kind).n})`, cell('without', kind), cell('with', kind)]),
      ['memory', `${spreadOf(memory.without).p50} MiB`, `${spreadOf(memory.with).p50} MiB`],
    ],
    note: `${short(Math.max(0, more) / count)} MiB for each; ${short(mean(samples.with.map(s => s.cpuSeconds)) * 1000)} ms of CPU a change with them, ${short(mean(samples.without.map(s => s.cpuSeconds)) * 1000)} without.`,
  })
  for (const kind of names) {
    const [without, with_] = [last('without', kind), last('with', kind)]
    report.judge(atMost(`${kind}, p50 beside ${count} that read nothing`, 1.1, with_.p50 / without.p50, '×', 2))
  }
  report.figures[`slow ${count}`] = { sidecars, mode, count, samples, memory }
}
