import type { Origin } from './origin.ts'

/* Istio's traffic API after parsing: short names made fully qualified, defaults filled in, durations in milliseconds.
   Field names are Istio's own (istio.io/latest/docs/reference/config/networking). */

export interface RuleMeta {
  readonly name: string
  readonly namespace: string
  /** Milliseconds since the epoch; the older rule wins a conflict, as in Istio. */
  readonly createdAt: number
  readonly exportTo: readonly string[]
  readonly origin: Origin
}

/** Oldest first, then by namespace and name: the order in which rules win conflicts. */
export function byAge(a: RuleMeta, b: RuleMeta): number {
  return a.createdAt - b.createdAt || compare(a.namespace, b.namespace) || compare(a.name, b.name)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

export type StringMatch = { readonly kind: 'exact' | 'prefix' | 'regex'; readonly value: string }

// --- Gateway ---------------------------------------------------------------------------------------------------

export interface GatewayServer {
  readonly port: { readonly number: number; readonly name: string; readonly protocol: string }
  readonly bind?: string
  /** `[namespace/]dnsName`; namespace '*' is any, '.' the gateway's own. */
  readonly hosts: readonly string[]
  readonly name?: string
  readonly tls?: {
    readonly httpsRedirect: boolean
    readonly mode: 'PASSTHROUGH' | 'SIMPLE' | 'MUTUAL' | 'AUTO_PASSTHROUGH' | 'ISTIO_MUTUAL' | 'OPTIONAL_MUTUAL'
    readonly credentialName?: string
    readonly minProtocolVersion?: string
    readonly maxProtocolVersion?: string
    readonly cipherSuites?: readonly string[]
  }
}

export interface Gateway extends RuleMeta {
  readonly selector: Readonly<Record<string, string>>
  readonly servers: readonly GatewayServer[]
}

// --- VirtualService ----------------------------------------------------------------------------------------------

export interface Destination {
  /** Fully qualified. */
  readonly host: string
  readonly subset?: string
  readonly port?: number
}

export interface HeaderOps {
  readonly set: Readonly<Record<string, string>>
  readonly add: Readonly<Record<string, string>>
  readonly remove: readonly string[]
}

export interface WeightedDestination {
  readonly destination: Destination
  readonly weight: number
  readonly requestHeaders?: HeaderOps
  readonly responseHeaders?: HeaderOps
}

export interface HttpMatch {
  readonly name?: string
  readonly uri?: StringMatch
  readonly ignoreUriCase?: boolean
  readonly scheme?: StringMatch
  readonly method?: StringMatch
  readonly authority?: StringMatch
  /** A null match means the header must be present. */
  readonly headers: Readonly<Record<string, StringMatch | null>>
  readonly withoutHeaders: Readonly<Record<string, StringMatch | null>>
  readonly queryParams: Readonly<Record<string, StringMatch | null>>
  readonly port?: number
  readonly sourceLabels: Readonly<Record<string, string>>
  readonly sourceNamespace?: string
  /** Gateways the match holds for: `namespace/name` or 'mesh'; empty: those of the VirtualService. */
  readonly gateways: readonly string[]
}

export interface HttpRoute {
  readonly name?: string
  /** Empty: matches everything. */
  readonly match: readonly HttpMatch[]
  readonly route: readonly WeightedDestination[]
  readonly redirect?: {
    readonly uri?: string
    readonly authority?: string
    readonly port?: number
    readonly derivePort?: 'FROM_PROTOCOL_DEFAULT' | 'FROM_REQUEST_PORT'
    readonly scheme?: string
    readonly redirectCode: number
  }
  readonly directResponse?: { readonly status: number; readonly body?: string }
  readonly rewrite?: {
    readonly uri?: string
    readonly authority?: string
    readonly uriRegexRewrite?: { readonly match: string; readonly rewrite: string }
  }
  /** Milliseconds; undefined: Istio's default, no timeout. */
  readonly timeoutMs?: number
  readonly retries?: {
    readonly attempts: number
    readonly perTryTimeoutMs?: number
    readonly retryOn?: string
    readonly retryRemoteLocalities?: boolean
    readonly backoffMs?: number
  }
  readonly fault?: {
    readonly delay?: { readonly fixedDelayMs: number; readonly percentage: number }
    readonly abort?: { readonly httpStatus?: number; readonly grpcStatus?: string; readonly percentage: number }
  }
  readonly mirrors: readonly { readonly destination: Destination; readonly percentage: number }[]
  readonly corsPolicy?: {
    readonly allowOrigins: readonly StringMatch[]
    readonly allowMethods: readonly string[]
    readonly allowHeaders: readonly string[]
    readonly exposeHeaders: readonly string[]
    readonly maxAgeMs?: number
    readonly allowCredentials?: boolean
  }
  readonly requestHeaders?: HeaderOps
  readonly responseHeaders?: HeaderOps
}

export interface L4Match {
  readonly destinationSubnets: readonly string[]
  readonly port?: number
  readonly sourceLabels: Readonly<Record<string, string>>
  readonly sourceNamespace?: string
  readonly gateways: readonly string[]
  /** TLS routes only. */
  readonly sniHosts: readonly string[]
}

export interface L4Route {
  readonly match: readonly L4Match[]
  readonly route: readonly WeightedDestination[]
}

export interface VirtualService extends RuleMeta {
  /** Fully qualified, or with a leading wildcard. */
  readonly hosts: readonly string[]
  /** `namespace/name`, or 'mesh' for sidecars. */
  readonly gateways: readonly string[]
  readonly http: readonly HttpRoute[]
  readonly tls: readonly L4Route[]
  readonly tcp: readonly L4Route[]
}

// --- DestinationRule ----------------------------------------------------------------------------------------------

export interface ConnectionPool {
  readonly tcp?: {
    readonly maxConnections?: number
    readonly connectTimeoutMs?: number
    readonly tcpKeepalive?: { readonly probes?: number; readonly timeMs?: number; readonly intervalMs?: number }
    readonly maxConnectionDurationMs?: number
    readonly idleTimeoutMs?: number
  }
  readonly http?: {
    readonly http1MaxPendingRequests?: number
    readonly http2MaxRequests?: number
    readonly maxRequestsPerConnection?: number
    readonly maxRetries?: number
    readonly idleTimeoutMs?: number
    readonly h2UpgradePolicy?: 'DEFAULT' | 'DO_NOT_UPGRADE' | 'UPGRADE'
    readonly useClientProtocol?: boolean
    readonly maxConcurrentStreams?: number
  }
}

/** Undefined fields were not written by the user: regions may then supply what a policy needs. */
export interface OutlierDetection {
  readonly splitExternalLocalOriginErrors?: boolean
  readonly consecutiveLocalOriginFailures?: number
  readonly consecutiveGatewayErrors?: number
  readonly consecutive5xxErrors?: number
  readonly intervalMs?: number
  readonly baseEjectionTimeMs?: number
  readonly maxEjectionPercent?: number
  readonly minHealthPercent?: number
}

export interface LocalityLbSetting {
  readonly enabled?: boolean
  readonly distribute: readonly { readonly from: string; readonly to: Readonly<Record<string, number>> }[]
  readonly failover: readonly { readonly from: string; readonly to: string }[]
  readonly failoverPriority: readonly string[]
}

export interface LoadBalancer {
  readonly simple?: 'ROUND_ROBIN' | 'LEAST_REQUEST' | 'RANDOM' | 'PASSTHROUGH'
  readonly consistentHash?: {
    readonly key:
      | { readonly kind: 'header'; readonly name: string }
      | { readonly kind: 'cookie'; readonly name: string; readonly path?: string; readonly ttlMs?: number }
      | { readonly kind: 'sourceIp' }
      | { readonly kind: 'queryParameter'; readonly name: string }
    readonly ringHash?: { readonly minimumRingSize?: number }
    readonly maglev?: { readonly tableSize?: number }
  }
  readonly localityLbSetting?: LocalityLbSetting
  readonly warmupDurationMs?: number
}

export interface ClientTls {
  readonly mode: 'DISABLE' | 'SIMPLE' | 'MUTUAL' | 'ISTIO_MUTUAL'
  readonly clientCertificate?: string
  readonly privateKey?: string
  readonly caCertificates?: string
  readonly credentialName?: string
  readonly subjectAltNames: readonly string[]
  readonly sni?: string
  readonly insecureSkipVerify?: boolean
}

export interface TrafficPolicy {
  readonly loadBalancer?: LoadBalancer
  readonly connectionPool?: ConnectionPool
  readonly outlierDetection?: OutlierDetection
  readonly tls?: ClientTls
  /** By port number; each replaces the destination-level fields it names, as in Istio. */
  readonly portLevelSettings: ReadonlyMap<number, Omit<TrafficPolicy, 'portLevelSettings'>>
}

export interface Subset {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly trafficPolicy?: TrafficPolicy
}

export interface DestinationRule extends RuleMeta {
  /** Fully qualified, or with a leading wildcard. */
  readonly host: string
  readonly trafficPolicy?: TrafficPolicy
  readonly subsets: readonly Subset[]
  readonly workloadSelector?: Readonly<Record<string, string>>
}

// --- Sidecar ------------------------------------------------------------------------------------------------------

export interface SidecarScope extends RuleMeta {
  /** Empty: the whole namespace. */
  readonly workloadSelector: Readonly<Record<string, string>>
  /** `namespace/dnsName` patterns of what its workloads see. Undefined: everything. */
  readonly egressHosts?: readonly string[]
}
