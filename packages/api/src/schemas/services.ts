import { Type } from 'typebox'
import { Finding, ObjectRef, Page, Time } from './common.ts'
import { Matrix, ServiceRegions } from './traffic.ts'

export const ServiceRow = Type.Object({
  hostname: Type.String(),
  namespace: Type.String(),
  ports: Type.Array(Type.Object({ number: Type.Integer(), name: Type.String(), protocol: Type.String() })),
  clusters: Type.Array(Type.String()),
  location: Type.Union([Type.Literal('internal'), Type.Literal('external')]),
  endpoints: Type.Integer(),
  healthy: Type.Integer(),
  regions: Type.Array(Type.Object({ region: Type.String(), endpoints: Type.Integer(), healthy: Type.Integer() })),
  /** Measured over the last minute; absent where nothing was reported. */
  requestsPerSecond: Type.Optional(Type.Number()),
  errorPercent: Type.Optional(Type.Number()),
  findings: Type.Integer(),
})

export const ServiceList = Type.Object({ ...Page, at: Time, services: Type.Array(ServiceRow) })

export const EndpointRow = Type.Object({
  address: Type.String(),
  port: Type.Integer(),
  portName: Type.String(),
  cluster: Type.String(),
  region: Type.String(),
  zone: Type.String(),
  health: Type.Union([Type.Literal('healthy'), Type.Literal('unhealthy'), Type.Literal('draining')]),
  stale: Type.Boolean(),
  workload: Type.String(),
  pod: Type.String(),
  namespace: Type.String(),
  labels: Type.Record(Type.String(), Type.String()),
})

export const ServiceDetail = Type.Object({
  at: Time,
  service: ServiceRow,
  endpoints: Type.Array(EndpointRow),
  subsets: Type.Array(
    Type.Object({
      name: Type.String(),
      labels: Type.Record(Type.String(), Type.String()),
      endpoints: Type.Integer(),
      healthy: Type.Integer(),
    }),
  ),
  /** VirtualServices, DestinationRules, policies … that apply. */
  rules: Type.Array(ObjectRef),
  findings: Type.Array(Finding),
  regions: ServiceRegions,
  matrix: Matrix,
})

/** Points of equal length as `times`; null where nothing was reported. */
export const Series = Type.Object({
  service: Type.String(),
  stepSeconds: Type.Number(),
  times: Type.Array(Time),
  lines: Type.Array(
    Type.Object({
      source: Type.String(),
      destination: Type.String(),
      requestsPerSecond: Type.Array(Type.Union([Type.Number(), Type.Null()])),
      errorsPerSecond: Type.Array(Type.Union([Type.Number(), Type.Null()])),
    }),
  ),
})

export const Latency = Type.Object({
  service: Type.String(),
  at: Time,
  /** Milliseconds, from the statistics of the proxies that were asked, since each of them began. */
  percentiles: Type.Array(Type.Object({ percentile: Type.Number(), milliseconds: Type.Number() })),
  responseCodes: Type.Array(
    Type.Object({ code: Type.String({ description: '2xx, 5xx, …' }), requests: Type.Integer() }),
  ),
  asked: Type.Array(Type.Object({ proxy: Type.String(), error: Type.Optional(Type.String()) })),
})

export const Ejections = Type.Object({
  service: Type.String(),
  at: Time,
  /** Which proxy holds which endpoint ejected, as its admin interface says. */
  ejected: Type.Array(
    Type.Object({ proxy: Type.String(), address: Type.String(), region: Type.String(), cluster: Type.String() }),
  ),
  asked: Type.Array(Type.Object({ proxy: Type.String(), error: Type.Optional(Type.String()) })),
})

/** `Explanation` of the control plane's regions stage. */
export const Explanation = Type.Object({
  service: Type.String(),
  from: Type.String(),
  role: Type.Union([Type.Literal('sidecar'), Type.Literal('gateway')]),
  mode: Type.String(),
  decidedBy: Type.Optional(Type.String()),
  summary: Type.String(),
  regions: Type.Array(
    Type.Object({ region: Type.String(), percent: Type.Number(), endpoints: Type.Integer(), healthy: Type.Integer() }),
  ),
  destinations: Type.Array(
    Type.Object(
      {
        locality: Type.Object({ region: Type.String(), zone: Type.String(), subzone: Type.String() }),
        priority: Type.Integer(),
        percent: Type.Number(),
        endpoints: Type.Integer(),
        healthy: Type.Integer(),
      },
      { additionalProperties: true },
    ),
  ),
  reasons: Type.Array(Type.String()),
  changes: Type.Array(Type.String()),
  findings: Type.Array(Type.Object({}, { additionalProperties: true })),
})
