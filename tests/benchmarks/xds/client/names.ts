import { Fields } from './protobuf.ts'

/* What sidecars of one process know of names: each once, as a number. */

export const types = ['cluster', 'endpoint', 'listener', 'route'] as const
export type Type = (typeof types)[number]
export const childOf: Readonly<Partial<Record<Type, Type>>> = { cluster: 'endpoint', listener: 'route' }

const ids: Readonly<Record<Type, Map<string, number>>> = {
  cluster: new Map(),
  endpoint: new Map(),
  listener: new Map(),
  route: new Map(),
}
const texts: Readonly<Record<Type, string[]>> = { cluster: [], endpoint: [], listener: [], route: [] }

export function idOf(type: Type, name: string): number {
  let id = ids[type].get(name)
  if (id === undefined) {
    id = texts[type].length
    texts[type].push(name)
    ids[type].set(name, id)
  }
  return id
}

export function nameOf(type: Type, id: number): string {
  return texts[type][id]!
}

const none: readonly number[] = []
/** By version, which is the content's hash: equal resources are read once. */
const known = new Map<string, readonly number[]>()

/** Ids of the endpoint set or the route configurations that a cluster or listener names. `version` '' is not remembered. */
export function referencesOf(type: Type, version: string, bytes: Buffer, at: number, end: number): readonly number[] {
  if (type !== 'cluster' && type !== 'listener') return none
  let found = version === '' ? undefined : known.get(version)
  if (!found) {
    found = type === 'cluster' ? endpointSets(bytes, at, end) : routes(bytes, at, end)
    if (version !== '') known.set(version, found)
  }
  return found
}

/** Cluster: name 1, type 2 (EDS is 3), eds_cluster_config 3 with service_name 2. */
function endpointSets(bytes: Buffer, at: number, end: number): readonly number[] {
  const f = new Fields(bytes, at, end)
  let [name, service, eds] = ['', '', false]
  while (f.next()) {
    if (f.number === 1 && f.wire === 2) name = f.text()
    else if (f.number === 2 && f.wire === 0) eds = f.value === 3
    else if (f.number === 3 && f.wire === 2) {
      const config = new Fields(bytes, f.at, f.end)
      while (config.next()) if (config.number === 2 && config.wire === 2) service = config.text()
    }
  }
  return eds ? [idOf('endpoint', service || name)] : none
}

const manager = 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'

/** Listener: filter_chains 3, default_filter_chain 25; FilterChain: filters 3; Filter: typed_config 4. */
function routes(bytes: Buffer, at: number, end: number): readonly number[] {
  const names = new Set<number>()
  for (const chain of inside(bytes, at, end, 3, 25))
    for (const filter of inside(bytes, ...chain, 3))
      for (const any of inside(bytes, ...filter, 4)) {
        const f = new Fields(bytes, ...any)
        let url = ''
        while (f.next()) {
          if (f.number === 1) url = f.text()
          // HttpConnectionManager: rds 3 with route_config_name 2.
          else if (f.number === 2 && url === manager)
            for (const rds of inside(bytes, f.at, f.end, 3))
              for (const [from, to] of inside(bytes, ...rds, 2))
                names.add(idOf('route', bytes.toString('latin1', from, to)))
        }
      }
  return [...names]
}

/** Where the length-delimited fields of these numbers are. */
function inside(bytes: Buffer, at: number, end: number, ...numbers: readonly number[]): [number, number][] {
  const found: [number, number][] = []
  const f = new Fields(bytes, at, end)
  while (f.next()) if (f.wire === 2 && numbers.includes(f.number)) found.push([f.at, f.end])
  return found
}
