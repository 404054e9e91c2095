import { Type } from 'typebox'
import { Basis, Finding, ObjectRef, Page, Percent, Time } from './common.ts'

export const RegionState = Type.Union([
  Type.Literal('normal'),
  Type.Literal('partly failed over'),
  Type.Literal('failed over'),
  Type.Literal('returning'),
  Type.Literal('unknown'),
])

export const Flow = Type.Object({
  source: Type.String({ description: "Region; '' is unknown." }),
  destination: Type.String(),
  requestsPerSecond: Type.Number(),
  errorsPerSecond: Type.Number(),
  requests: Type.Integer({ description: 'In the window.' }),
  errors: Type.Integer(),
  /** Of the source's requests, measured; absent where there were none. */
  measuredPercent: Type.Optional(Percent),
  /** Where policy and health would have those very requests go; where none were measured, what is meant for all services, absent where it differs from one to the other. */
  intendedPercent: Type.Optional(Percent),
  /** Bits per second between the two regions and their limit, where a network inventory or measurement knows them. */
  link: Type.Optional(
    Type.Object({
      usedBitsPerSecond: Type.Optional(Type.Number()),
      limitBitsPerSecond: Type.Optional(Type.Number()),
      name: Type.Optional(Type.String()),
    }),
  ),
})

export const Matrix = Type.Object({
  /** Fully qualified host; absent: the whole mesh. */
  service: Type.Optional(Type.String()),
  /** Seconds the measured figures cover. */
  windowSeconds: Type.Integer(),
  /** Seconds between two reports of a proxy. */
  reportSeconds: Type.Number(),
  /** The newest report in it; absent: none yet. */
  measuredAt: Type.Optional(Time),
  at: Time,
  regions: Type.Array(Type.String()),
  flows: Type.Array(Flow),
})

export const RegionStatus = Type.Object({
  region: Type.String(),
  state: RegionState,
  basis: Basis,
  cause: Type.String(),
  since: Time,
  clusters: Type.Array(Type.String()),
  gateways: Type.Array(Type.String()),
  endpoints: Type.Integer(),
  healthy: Type.Integer(),
  stale: Type.Integer(),
  requestsPerSecond: Type.Number({ description: 'That arise in the region, measured.' }),
  errorsPerSecond: Type.Number(),
  /** Services whose requests from this region go elsewhere, or fail. */
  affected: Type.Array(Type.Object({ service: Type.String(), state: RegionState, cause: Type.String(), since: Time })),
  /** Degrees; absent for regions that are on no map. */
  place: Type.Optional(Type.Object({ latitude: Type.Number(), longitude: Type.Number(), label: Type.String() })),
})

export const Attention = Type.Object({
  severity: Type.Union([Type.Literal('error'), Type.Literal('warning'), Type.Literal('info')]),
  text: Type.String(),
  mend: Type.Optional(Type.String()),
  code: Type.Optional(Type.String()),
  since: Type.Optional(Time),
  object: Type.Optional(ObjectRef),
  region: Type.Optional(Type.String()),
})

export const Overview = Type.Object({
  at: Time,
  regions: Type.Array(RegionStatus),
  clusters: Type.Array(
    Type.Object({
      name: Type.String(),
      region: Type.String(),
      ready: Type.Boolean(),
      lastContact: Type.Optional(Time),
      endpoints: Type.Integer(),
    }),
  ),
  gateways: Type.Array(
    Type.Object({
      name: Type.String(),
      cluster: Type.String(),
      region: Type.String(),
      address: Type.Optional(Type.String()),
      requestsPerSecond: Type.Number(),
    }),
  ),
  flows: Matrix,
  /** First things first. */
  attention: Type.Array(Attention),
  counts: Type.Object({
    services: Type.Integer(),
    endpoints: Type.Integer(),
    proxies: Type.Integer(),
    proxiesBehind: Type.Integer(),
    proxiesRefusing: Type.Integer(),
  }),
})

export const FailoverRule = Type.Object({
  from: Type.String(),
  to: Type.Array(Type.String()),
  only: Type.Optional(Type.Boolean()),
  thresholdPercent: Type.Optional(Type.Integer()),
})
export const DistributionRule = Type.Object({ from: Type.String(), to: Type.Record(Type.String(), Type.Integer()) })

/** A RegionalTrafficPolicy object, as kubectl shows it. Unknown fields are kept. */
export const PolicyObject = Type.Object(
  {
    apiVersion: Type.String(),
    kind: Type.String(),
    metadata: Type.Object(
      { name: Type.String(), namespace: Type.Optional(Type.String()) },
      { additionalProperties: true },
    ),
    spec: Type.Object({}, { additionalProperties: true }),
  },
  { additionalProperties: true },
)

export const ServiceRegions = Type.Object({
  service: Type.String(),
  policy: Type.Optional(ObjectRef),
  /** A source region's picture of the service. */
  sources: Type.Array(
    Type.Object({
      region: Type.String(),
      /** Gateways have a row of their own where theirs differs (a distribution at entry); else the sidecars' row is all. */
      role: Type.Union([Type.Literal('sidecar'), Type.Literal('gateway')]),
      mode: Type.String(),
      summary: Type.String(),
      shares: Type.Array(Type.Object({ region: Type.String(), percent: Percent })),
      /** So many more unhealthy endpoints in the source's region and requests begin to leave it; absent: they never do, or have. */
      leavesAfter: Type.Optional(Type.Integer()),
    }),
  ),
  destinations: Type.Array(
    Type.Object({
      region: Type.String(),
      ready: Type.Integer(),
      notReady: Type.Integer(),
      /** As the proxies report them; absent where nobody reported. */
      ejected: Type.Optional(Type.Integer()),
      stale: Type.Integer(),
      healthyPercent: Percent,
    }),
  ),
})

export const RegionalTraffic = Type.Object({
  /** Of the services. */
  ...Page,
  at: Time,
  regions: Type.Array(Type.String()),
  policies: Type.Array(PolicyObject),
  findings: Type.Array(Finding),
  services: Type.Array(ServiceRegions),
})

export const PreviewRequest = Type.Object({
  /** The policy as it would be; `delete: true` in its place previews its removal. */
  policy: PolicyObject,
  delete: Type.Optional(Type.Boolean()),
  /** One service instead of all. */
  service: Type.Optional(Type.String()),
})

export const Preview = Type.Object({
  at: Time,
  /** False: the API server or analysis would refuse it; `findings` say why. */
  valid: Type.Boolean(),
  findings: Type.Array(Finding),
  /** Checks in words for people: sums, unknown regions, regions without endpoints, outlier detection, capacity. */
  checks: Type.Array(
    Type.Object({
      ok: Type.Boolean(),
      text: Type.String(),
      severity: Type.Union([Type.Literal('error'), Type.Literal('warning'), Type.Literal('info')]),
    }),
  ),
  /** Traffic as it would move, by source and destination. Requests are measured ones, moved by the intended shares. */
  moves: Type.Array(
    Type.Object({
      source: Type.String(),
      destination: Type.String(),
      beforePercent: Percent,
      afterPercent: Percent,
      /** Measured over the last minute; absent where nothing was. */
      beforeRequestsPerSecond: Type.Optional(Type.Number()),
      afterRequestsPerSecond: Type.Optional(Type.Number()),
    }),
  ),
  services: Type.Array(
    Type.Object({ service: Type.String(), source: Type.String(), before: Type.String(), after: Type.String() }),
  ),
  /** Resources that would change for a proxy of each kind, so that the size of the change is known. */
  changedServices: Type.Integer(),
})

export const Event = Type.Object({
  id: Type.Integer({ description: 'Grows with time; what `since` of listEvents takes.' }),
  at: Time,
  kind: Type.Union([
    Type.Literal('policy'),
    Type.Literal('rule'),
    Type.Literal('region'),
    Type.Literal('cluster'),
    Type.Literal('refusal'),
    Type.Literal('proxy'),
    Type.Literal('push'),
    Type.Literal('endpoints'),
    Type.Literal('control-plane'),
  ]),
  severity: Type.Union([Type.Literal('error'), Type.Literal('warning'), Type.Literal('info')]),
  text: Type.String(),
  regions: Type.Array(Type.String()),
  service: Type.Optional(Type.String()),
  object: Type.Optional(ObjectRef),
  /** Who did it, as far as is known: a user, or the field manager of the write. */
  who: Type.Optional(Type.String()),
})

export const EventList = Type.Object({
  events: Type.Array(Event),
  oldest: Type.Optional(Type.Integer()),
  dropped: Type.Integer(),
})
