import { BareServer } from '../bare-server.ts'
import { bareStorm } from '../bare-storm.ts'
import { mean } from '../figures.ts'
import { measure, type Plan, type Sample } from '../measure.ts'
import { short } from '../report.ts'
import { type Kind, writeChange } from '../workload.ts'
import type { World } from '../world.ts'

/** Storms of this server and of a bare one in turn, with the same client and the same bytes: means. */
export async function besideBare(world: World, plan: Omit<Plan, 'order'>): Promise<Beside> {
  const own: (readonly [number, number])[] = []
  const bare: (readonly [number, number])[] = []
  const { sidecars: count, mode, namespaces, redirect } = plan
  for (let i = 0; i < 2; i++) {
    const server = await world.fresh()
    const { storm, recordings } = await measure(server, { ...plan, order: [], record: true })
    own.push([storm.seconds, storm.cpuSeconds])
    await server.stop()
    const { seconds, cpuSeconds } = await bareStorm(recordings, { count, mode, namespaces, redirect })
    bare.push([seconds, cpuSeconds])
  }
  const of = (pairs: typeof own, at: 0 | 1) => mean(pairs.map(pair => pair[at]))
  return {
    own: { seconds: of(own, 0), cpuSeconds: of(own, 1) },
    bare: { seconds: of(bare, 0), cpuSeconds: of(bare, 1) },
  }
}

/** The same storm of both servers. */
export interface Beside {
  readonly own: { readonly seconds: number; readonly cpuSeconds: number }
  readonly bare: { readonly seconds: number; readonly cpuSeconds: number }
}

export function besideText({ seconds, cpuSeconds }: Beside['own']): string {
  return `${short(seconds)} s, ${short(cpuSeconds)} s of CPU`
}

/**
 * Changes as a bare server makes them: it has the response that holds the change before it is asked, and writes it to all.
 * Of the kinds that are one response: after a new cluster the client would ask for endpoints that this server does not have.
 */
export async function bareChanges(
  world: World,
  plan: Omit<Plan, 'order'>,
  all: readonly Kind[],
  changes: number,
): Promise<readonly Sample[]> {
  const kinds = all.filter(kind => kind.type !== 'cluster')
  // What a file says already would be no change.
  for (const kind of kinds) writeChange(plan.config, kind, 0)
  const server = await world.fresh()
  const recorded = await measure(server, { ...plan, order: kinds, record: true })
  await server.stop()
  const bare = await BareServer.start({
    recordings: recorded.recordings,
    mode: plan.mode,
    changes: recorded.samples.map(({ kind, response }) => ({ kind, ...response! })),
  })
  try {
    const order = Array.from({ length: changes }, () => kinds).flat()
    return (await measure(bare, { ...plan, order, post: bare.post })).samples
  } finally {
    await bare.stop()
  }
}
