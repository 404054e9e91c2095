import type { YamlReader } from '@isthmus/kubernetes'
import type { NetworkInventory } from '../members/inventory.ts'
import type { Finding, Mesh } from '../model/index.ts'
import type { Clock, Log } from '../runtime/index.ts'
import type { Resource } from '../snapshot/resource.ts'
import type { NewEvent, ProxyStatistics, Telemetry } from '../telemetry/index.ts'
import type { ProxyConfig, ProxyStatus } from '../xds/status.ts'
import type { Gate } from './auth/index.ts'
import type { MemberAccess } from './members/access.ts'
import type { ObjectStore } from './objects/store.ts'

/** Resources that are meant for a proxy, by type URL and name. */
export type Meant = ReadonlyMap<string, ReadonlyMap<string, Resource>>

/** What of the telemetry is shown. */
export type Measured = Pick<
  Telemetry,
  'load' | 'matrix' | 'series' | 'services' | 'senders' | 'regionStates' | 'events'
>

/** What the API shows, and what it writes through: views of the running control plane. */
export interface ApiParts {
  readonly about: {
    readonly name: string
    readonly version: string
    readonly source: 'mesh' | 'directory'
    readonly lab: boolean
  }
  readonly mesh: () => Mesh
  /** What would be found in a mesh as a whole. */
  readonly analyze: (mesh: Mesh) => readonly Finding[]
  readonly findings: () => readonly Finding[]
  readonly proxies: () => readonly ProxyStatus[]
  readonly proxyConfig: (status: ProxyStatus) => ProxyConfig
  /** What is meant for its view now; undefined before anything was made for it. */
  readonly meant: (status: ProxyStatus) => Meant | undefined
  readonly regionOf: (status: ProxyStatus) => string
  readonly telemetry: Measured
  /** Undefined where no cluster's API could reach proxies. */
  readonly statistics?: Pick<ProxyStatistics, 'latency' | 'ejections'>
  readonly objects: ObjectStore
  /** Addresses of gateways by `CLUSTER/NAMESPACE/DEPLOYMENT`, from the statuses of their IstioGateways. */
  readonly gatewayAddresses: () => ReadonlyMap<string, string>
  /** Undefined: there is no mesh API, and so no member clusters. */
  readonly members?: MemberAccess
  readonly inventory?: NetworkInventory
  /** Tells the timeline of something done through this API. */
  readonly note?: (event: NewEvent) => void
  readonly gate: Gate
  /** Reads what people send as YAML. */
  readonly yaml: YamlReader
  readonly clock: Clock
  readonly log: Log
}
