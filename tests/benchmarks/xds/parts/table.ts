import { mean, spreadOf } from '../figures.ts'
import { atMost, changeVerdicts, istio, istioRouteBytes, stormVerdicts } from '../goals.ts'
import { measure, quiet, type Sample, type Storm } from '../measure.ts'
import { sleepsOf } from '../process.ts'
import { type Report, short } from '../report.ts'
import type { Server } from '../server.ts'
import { kinds, namespaceOf } from '../workload.ts'
import { inWorld, type Options, sizeOf, World } from '../world.ts'
import { type Beside, bareChanges, besideBare, besideText } from './beside-bare.ts'

/** Servers that are started and stormed: the last one is then changed. */
const storms = 3
/** Servers that nobody connects to. */
const idles = 3
const idleMs = 5_000

interface Idle {
  readonly mebibytes: number
  readonly sleepsPerSecond: number
  /** Of one core. */
  readonly cpuShare: number
}

/** Start, idle, connect storm, and every kind of change in turn. */
export function table(report: Report, options: Options): Promise<void> {
  return inWorld(World.of(options.services), async world => {
    const { sidecars, mode, redirect, changes } = options
    const { config, scratch } = world
    const base = { config, scratch, sidecars, mode, redirect, namespaces: [namespaceOf(0)] }
    const of = kinds(sizeOf(options.services))
    const starts: number[] = []
    const all: Storm[] = []
    const idle: Idle[] = []
    const order = Array.from({ length: changes }, () => of).flat()
    let samples: readonly Sample[] = []
    for (let i = 0; i < idles; i++) {
      report.step(`${sidecars} sidecars, ${mode}: start and wait, ${i + 1} of ${idles}`)
      const server = await world.fresh()
      starts.push(server.startSeconds)
      idle.push(await idleOf(server))
    }
    for (let i = 0; i < storms; i++) {
      report.step(`${sidecars} sidecars, ${mode}: start and connect, ${i + 1} of ${storms}`)
      const server = await world.fresh()
      starts.push(server.startSeconds)
      const last = i === storms - 1
      if (last) report.step(`${sidecars} sidecars, ${mode}: ${changes} changes of each of ${of.length} kinds, in turn`)
      const measured = await measure(server, { ...base, order: last ? order : [] })
      all.push(measured.storm)
      if (last) samples = measured.samples
    }
    report.step(`${sidecars} sidecars, ${mode}: the same bytes from a bare HTTP/2 server`)
    const bare = await besideBare(world, base)
    report.step(`${sidecars} sidecars, ${mode}: the same changes from a bare HTTP/2 server`)
    const bareSamples = await bareChanges(world, base, of, changes)
    show(report, options, { starts, all, idle, samples, bare, bareSamples })
  })
}

async function idleOf(server: Server): Promise<Idle> {
  await quiet(2_000)
  const [sleeps, cpu] = [sleepsOf(server.pid), server.cpuSeconds]
  await quiet(idleMs)
  return {
    mebibytes: server.residentMebibytes,
    sleepsPerSecond: (sleepsOf(server.pid) - sleeps) / (idleMs / 1000),
    cpuShare: (server.cpuSeconds - cpu) / (idleMs / 1000),
  }
}

interface Seen {
  readonly starts: readonly number[]
  readonly all: readonly Storm[]
  readonly idle: readonly Idle[]
  readonly samples: readonly Sample[]
  readonly bare: Beside
  readonly bareSamples: readonly Sample[]
}

function show(report: Report, options: Options, seen: Seen): void {
  const { sidecars, mode, redirect, services } = options
  const { starts, all, idle, samples, bare, bareSamples } = seen
  const who = `${sidecars} sidecars, ${mode}${redirect === 'none' ? ', one route table a port' : ''}`
  const theirs = mode === 'delta' ? istio[sidecars] : undefined
  const names = [...new Set(samples.map(sample => sample.kind))]
  report.add({
    title: `${services.toLocaleString('en')} services × 10 endpoints, ${who}: to the last sidecar`,
    columns: [
      'change',
      'p50',
      'p99',
      'least to most',
      'CPU',
      'bytes to one',
      'bare HTTP/2 server: p50 / p99',
      'Istio: p50 / p99, CPU',
    ],
    rows: names.map(name => {
      const own = samples.filter(sample => sample.kind === name)
      const last = spreadOf(own.map(sample => sample.last))
      const floor = spreadOf(bareSamples.filter(sample => sample.kind === name).map(sample => sample.last))
      const their = theirs?.changes[name]
      return [
        `${name} (${last.n})`,
        `${short(last.p50)} ms`,
        `${short(last.p99)} ms`,
        `${short(last.least)} to ${short(last.most)}`,
        `${mean(own.map(sample => sample.cpuSeconds)).toFixed(4)} s`,
        short(spreadOf(own.map(sample => sample.bytesToOne)).p50),
        floor.n > 0 ? `${short(floor.p50)} / ${short(floor.p99)} ms` : '',
        their
          ? `${their.p50} / ${their.p99} ms, ${their.cpuSeconds} s${name === 'virtualservice' ? `, ${istioRouteBytes.toLocaleString('en')} B` : ''}`
          : '',
      ]
    }),
  })
  const [seconds, cpu, peak, start, memory, sleeps] = [
    spreadOf(all.map(storm => storm.seconds)),
    spreadOf(all.map(storm => storm.cpuSeconds)),
    spreadOf(all.map(storm => storm.peakMebibytes)),
    spreadOf(starts),
    spreadOf(idle.map(({ mebibytes }) => mebibytes)),
    spreadOf(idle.map(({ sleepsPerSecond }) => sleepsPerSecond)),
  ]
  const retries = spreadOf(all.map(storm => storm.retries))
  const range = (s: { least: number; most: number }) => `${short(s.least)} to ${short(s.most)}`
  const their = theirs?.storm
  report.add({
    title: `${who}: start, connecting, idle`,
    columns: ['', 'median', 'least to most', 'Istio'],
    rows: [
      [
        'all connect and are configured',
        `${short(seconds.p50)} s`,
        range(seconds),
        their ? `${their.seconds} s and more` : '',
      ],
      ['CPU of that', `${short(cpu.p50)} s`, range(cpu), their ? `${their.cpuSeconds} s and more` : ''],
      ['memory, most during it', `${peak.p50} MiB`, range(peak), their ? `${their.mebibytes} MiB` : ''],
      ['connections that broke and came again', `${retries.p50}`, range(retries), ''],
      ['bytes to one', short(spreadOf(all.map(storm => storm.bytesToOne)).p50), '', ''],
      [
        'a bare HTTP/2 server with the same bytes',
        besideText(bare.bare),
        `this one beside it: ${besideText(bare.own)}`,
        '',
      ],
      ['start to serving', `${short(start.p50)} s`, range(start), ''],
      ['idle, nothing connected: memory', `${memory.p50} MiB`, range(memory), ''],
      ['idle: wakes a second', short(sleeps.p50), range(sleeps), ''],
      ['idle: CPU', `${(mean(idle.map(({ cpuShare }) => cpuShare)) * 100).toFixed(2)} %`, '', ''],
    ],
  })
  report.judge(
    ...changeVerdicts(sidecars, mode, samples),
    ...stormVerdicts(sidecars, mode, { seconds: seconds.p50, cpuSeconds: cpu.p50, peakMebibytes: peak.p50 }),
    atMost(`${sidecars} connect, ${mode}: times a bare HTTP/2 server`, 2, bare.own.seconds / bare.bare.seconds, '×', 2),
    atMost(`start to serving, ${services} services`, 1, start.p50, ' s', 2),
    atMost('idle memory', 120, memory.p50, ' MiB'),
  )
  report.figures[`table ${sidecars} ${mode}${redirect === 'none' ? ' none' : ''}`] = {
    services,
    sidecars,
    mode,
    redirect,
    starts,
    storms: all,
    idle,
    bare,
    samples: samples.map(({ response: _, ...figures }) => figures),
    bareSamples,
  }
}
