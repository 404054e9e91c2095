import type { LiveEnvoy } from './live-envoy.ts'

type Json = Record<string, unknown>

/** What one proxy holds, or should hold, by kind and name; each as JSON text with its keys in order. */
export interface Held {
  readonly clusters: ReadonlyMap<string, string>
  readonly listeners: ReadonlyMap<string, string>
  readonly routes: ReadonlyMap<string, string>
  /** Addresses with priority, locality and weight, in order. */
  readonly endpoints: ReadonlyMap<string, string>
}

export const heldKinds = ['clusters', 'listeners', 'routes', 'endpoints'] as const

/** From Envoy's own mouth. `problems`: what waits, or was refused and is in no use. */
export async function heldBy(envoy: LiveEnvoy): Promise<{ readonly held: Held; readonly problems: readonly string[] }> {
  const { configs } = JSON.parse(await envoy.admin('/config_dump?include_eds')) as { configs: Json[] }
  const of = (type: string) => configs.find(c => String(c['@type']).endsWith(`.${type}`)) ?? {}
  const list = (from: Json, field: string) => (from[field] ?? []) as Json[]
  const clusters = of('ClustersConfigDump')
  const listeners = of('ListenersConfigDump')
  const routes = of('RoutesConfigDump')
  const endpoints = of('EndpointsConfigDump')
  const dynamic = list(listeners, 'dynamic_listeners')
  const problems = [
    ...list(clusters, 'dynamic_warming_clusters').map(c => `cluster waits: ${nameOf(c.cluster)}`),
    ...dynamic.filter(l => l.warming_state !== undefined).map(l => `listener waits: ${l.name}`),
    ...[...dynamic, ...list(clusters, 'dynamic_active_clusters'), ...list(routes, 'dynamic_route_configs')]
      .filter(r => r.error_state !== undefined)
      .map(r => `refused: ${JSON.stringify(r.error_state).slice(0, 300)}`),
  ]
  const held = {
    clusters: byName(list(clusters, 'dynamic_active_clusters').map(c => c.cluster)),
    listeners: byName(dynamic.map(l => (l.active_state as Json | undefined)?.listener)), // others drain
    routes: byName(list(routes, 'dynamic_route_configs').map(r => r.route_config)),
    endpoints: assignments(list(endpoints, 'dynamic_endpoint_configs').map(e => e.endpoint_config)),
  }
  // Envoy lists what it resolved by DNS there too.
  for (const name of held.endpoints.keys())
    if (!held.clusters.get(name)?.includes('"eds_cluster_config"')) held.endpoints.delete(name)
  return { held, problems }
}

/** What the control plane says it meant: the answer of its API for the proxy. */
export function heldByWord(answer: Readonly<Record<string, readonly { readonly config?: unknown }[]>>): Held {
  const configs = (kind: string) => (answer[kind] ?? []).map(r => r.config)
  return {
    clusters: byName(configs('clusters')),
    listeners: byName(configs('listeners')),
    routes: byName(configs('routes')),
    endpoints: assignments(configs('endpoints')),
  }
}

function nameOf(resource: unknown): string {
  return String((resource as Json | undefined)?.name)
}

function byName(resources: readonly unknown[]): Map<string, string> {
  const known = resources.filter(r => r !== undefined)
  return new Map(known.map(r => [nameOf(r), text(r)] as const).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Envoy shows what it made of an assignment, not the assignment: compared is what both have. */
function assignments(all: readonly unknown[]): Map<string, string> {
  const made = new Map<string, string>()
  for (const one of all as Json[]) {
    const lines: string[] = []
    for (const group of (one.endpoints ?? []) as Json[]) {
      for (const host of (group.lb_endpoints ?? []) as Json[]) {
        const { address } = host.endpoint as { address: Json }
        const weight = host.load_balancing_weight ?? 1
        lines.push(text([group.priority ?? 0, group.locality ?? {}, address, weight, host.health_status ?? 'HEALTHY']))
      }
    }
    // What was said twice is one host of Envoy's.
    const name = String(one.cluster_name)
    if (lines.length > 0) made.set(name, [...new Set(lines)].sort().join('\n'))
  }
  return made
}

/** Keys in order, without the type that Envoy adds at the top and the fields that only one side writes. */
function text(value: unknown): string {
  return JSON.stringify(value, (key, v) => {
    if (typeof v !== 'object' || v === null || Array.isArray(v)) return v
    const entries = Object.entries(v).filter(([k]) => !(key === '' && k === '@type'))
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
  })
}
