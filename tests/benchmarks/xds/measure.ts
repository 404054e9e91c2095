import { FleetProcess } from './client/commands.ts'
import type { Recording, Redirect } from './client/fleet.ts'
import type { Mode } from './client/sidecar.ts'
import { peakOf } from './process.ts'
import { churn, fileOf, type Kind, postUrl, writeChange } from './workload.ts'
import { withXdsload } from './xdsload.ts'

/** A process that speaks xDS on a port of the loopback. */
export interface Target {
  readonly port: number
  readonly pid: number
  readonly cpuSeconds: number
}

export interface Plan {
  /** The server's directory. */
  readonly config: string
  /** For files that no server reads. */
  readonly scratch: string
  readonly sidecars: number
  readonly mode: Mode
  readonly namespaces: readonly string[]
  readonly redirect?: Redirect
  /** Changes to make once all are connected, one after the other. */
  readonly order: readonly Kind[]
  /** Another endpoint changes this often meanwhile, milliseconds. */
  readonly churnEveryMs?: number
  /** Quiet time of the server between connecting and the first change; default half a second. */
  readonly restMs?: number
  /** Take this project's own client in any case: another may take longer to look at a large mesh than a change takes. */
  readonly own?: boolean
  /** Keep what one sidecar of each locality is sent until it is configured, and what brings each kind of change. */
  readonly record?: boolean
  /** Changes are made by posting to this port of the loopback, the kind in the path and `marker` in the query: not by files. */
  readonly post?: number
}

/** All sidecars connect at once and are fully configured. */
export interface Storm {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly peakMebibytes: number
  readonly bytesToOne: number
  /** Connections that broke before their sidecar was configured. */
  readonly retries: number
}

/** One change. Times are milliseconds from just before the file was renamed into place. */
export interface Sample {
  readonly kind: string
  /** Until the last sidecar was sent it. */
  readonly last: number
  /** Until half of them were. */
  readonly half: number
  readonly cpuSeconds: number
  readonly bytesToOne: number
  /** The response that brought it to the first, where it was to be recorded. */
  readonly response?: { readonly response: Uint8Array; readonly marker: string }
}

export interface Measured {
  readonly storm: Storm
  readonly samples: readonly Sample[]
  readonly recordings: readonly Recording[]
  /** CPU seconds of the measuring client itself. */
  readonly clientCpuSeconds: number
}

/**
 * Quiet time after each change, milliseconds: what the server does after the last sidecar has it (a new service's endpoints
 * and routes, acknowledgements) counts to it, and must not reach into the next.
 */
const settleMs = 150
/** Connects sidecars, makes the changes, lets go. By the client that ISTHMUS_XDSLOAD names, where it is given and can. */
export async function measure(server: Target, plan: Plan): Promise<Measured> {
  const client = process.env.ISTHMUS_XDSLOAD
  const stopChurn = () => clearInterval(timer)
  let timer: NodeJS.Timeout | undefined
  let n = 0
  const startChurn = () => {
    if (plan.churnEveryMs === undefined) return
    timer = setInterval(() => writeChange(plan.config, churn, n++ % 200), plan.churnEveryMs)
  }
  try {
    if (!client || plan.record || plan.own) return await withFleet(server, plan, startChurn)
    startChurn()
    return await withXdsload(client, server, plan)
  } finally {
    stopChurn()
  }
}

async function withFleet(server: Target, plan: Plan, startChurn: () => void): Promise<Measured> {
  const { sidecars: count, mode, namespaces, redirect, record, config, order, post } = plan
  const fleet = new FleetProcess()
  try {
    // The process itself is there before the time runs.
    await fleet.state()
    const [peak, cpu] = [peakOf(server.pid), server.cpuSeconds]
    const { ms, recordings, retries } = await fleet.connect({
      ...{ port: server.port, count, mode, namespaces, redirect, record },
    })
    const cpuSeconds = server.cpuSeconds - cpu
    const { received } = await fleet.state()
    const storm = { seconds: ms / 1000, cpuSeconds, peakMebibytes: peak(), bytesToOne: received / count, retries }
    if (order.length > 0) await rest(server, plan.restMs)
    startChurn()
    const churning = plan.churnEveryMs !== undefined
    const samples: Sample[] = []
    for (const [i, kind] of order.entries())
      samples.push(await changeOnce(server, fleet, { config, count, kind, i, churning, post }))
    return { storm, samples, recordings, clientCpuSeconds: (await fleet.state()).cpuSeconds }
  } finally {
    await fleet.stop()
  }
}

/** Makes one change and lets it come to rest. `i` tells its number. */
export async function changeOnce(
  server: Target,
  fleet: FleetProcess,
  change: {
    readonly config: string
    readonly count: number
    readonly kind: Kind
    readonly i: number
    /** Other changes go on: nothing comes to rest. */
    readonly churning?: boolean
    readonly post?: number
  },
): Promise<Sample> {
  const { config, count, kind } = change
  // Three digits always, so that no marker is the beginning of another; up to 250, so that it fits in an address.
  const n = 100 + (change.i % 150)
  const [cpu, { received }] = [server.cpuSeconds, await fleet.state()]
  const { post } = change
  const by = post ? { post: postUrl(post, kind, n) } : { file: fileOf(config, kind.name), text: kind.text(n) }
  const marker = kind.marker(n)
  const { times, response } = await fleet.change({ by, type: kind.type, marker })
  const after = await settled(fleet, change.churning ? 1 : 20)
  return {
    kind: kind.name,
    last: times.at(-1)!,
    half: times[Math.floor(times.length / 2)]!,
    cpuSeconds: server.cpuSeconds - cpu,
    bytesToOne: (after.received - received) / count,
    ...(response && { response: { response, marker } }),
  }
}

/** Resolves with what the fleet has received once nothing more comes. */
async function settled(fleet: FleetProcess, most: number): Promise<{ readonly received: number }> {
  let before = await fleet.state()
  for (let i = 0; i < most; i++) {
    await quiet(settleMs)
    const now = await fleet.state()
    if (now.received === before.received) return now
    before = now
  }
  return before
}

/** Resolves once the server has had nothing to do for so long, garbage included: after connecting that takes a while. */
export async function rest(server: Target, ms = 500): Promise<void> {
  let still = 0
  for (let i = 0; i < 60 && (i <= 2 || still < ms); i++) {
    const cpu = server.cpuSeconds
    await quiet(500)
    still = server.cpuSeconds - cpu < 0.025 ? still + 500 : 0
  }
}

export function quiet(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
