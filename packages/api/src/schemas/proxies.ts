import { Type } from 'typebox'
import { Page, Time } from './common.ts'

const ProxyType = Type.Object({
  type: Type.String({ description: 'CDS, EDS, LDS, RDS, SDS' }),
  state: Type.Union([
    Type.Literal('in step'),
    Type.Literal('behind'),
    Type.Literal('refused'),
    Type.Literal('not asked'),
  ]),
  resources: Type.Integer(),
  words: Type.Optional(Type.String({ description: "The proxy's own words about what it refused." })),
})

export const ProxyRow = Type.Object({
  id: Type.String({ description: 'POD.NAMESPACE' }),
  kind: Type.String(),
  cluster: Type.String(),
  region: Type.String(),
  connectedSince: Time,
  mode: Type.String(),
  envoyVersion: Type.String(),
  types: Type.Array(ProxyType),
})
export const ProxyList = Type.Object({ ...Page, at: Time, proxies: Type.Array(ProxyRow) })

/** By clusters, endpoints, listeners, routes, secrets: what was meant for the proxy. */
export const ProxyConfig = Type.Record(
  Type.String(),
  Type.Array(Type.Object({ name: Type.String() }, { additionalProperties: true })),
)

/** What the proxy says it holds (its admin interface) beside what was meant. */
export const ProxyComparison = Type.Object({
  proxy: Type.String(),
  at: Time,
  same: Type.Boolean(),
  differences: Type.Array(
    Type.Object({
      type: Type.String(),
      name: Type.String(),
      kind: Type.Union([Type.Literal('missing'), Type.Literal('extra'), Type.Literal('different')]),
      meant: Type.Optional(Type.String({ description: 'JSON text' })),
      held: Type.Optional(Type.String({ description: 'JSON text' })),
    }),
  ),
  /** Set where the proxy could not be asked. */
  problem: Type.Optional(Type.String()),
})
