import { Type } from 'typebox'
import { Condition, Time } from './common.ts'

export const NetworkItem = Type.Object({
  kind: Type.Union([
    Type.Literal('VPC'),
    Type.Literal('VSwitch'),
    Type.Literal('CenInstance'),
    Type.Literal('TransitRouter'),
    Type.Literal('TransitRouterVpcAttachment'),
    Type.Literal('TransitRouterPeerAttachment'),
    Type.Literal('SecurityGroup'),
    Type.Literal('ManagedCluster'),
    Type.Literal('MeshInstance'),
  ]),
  name: Type.String(),
  region: Type.Optional(Type.String()),
  cidr: Type.Optional(Type.String()),
  /** Names of the items it belongs to or joins. */
  joins: Type.Array(Type.Object({ kind: Type.String(), name: Type.String() })),
  /** Inter-region connections: bits per second. */
  limitBitsPerSecond: Type.Optional(Type.Number()),
  usedBitsPerSecond: Type.Optional(Type.Number()),
  podCIDR: Type.Optional(Type.String()),
  serviceCIDR: Type.Optional(Type.String()),
  rules: Type.Optional(
    Type.Array(
      Type.Object({
        protocol: Type.String(),
        ports: Type.String(),
        source: Type.String(),
        description: Type.Optional(Type.String()),
      }),
    ),
  ),
  conditions: Type.Array(Condition),
})

export const Network = Type.Object({
  at: Time,
  /** inventory: the cloud's own resources. clusters: only what nodes and measurements tell. */
  source: Type.Union([Type.Literal('inventory'), Type.Literal('clusters')]),
  /** What cannot be known here, in words. */
  notes: Type.Array(Type.String()),
  items: Type.Array(NetworkItem),
  /** Between regions: what proxies measured. */
  measured: Type.Array(
    Type.Object({
      source: Type.String(),
      destination: Type.String(),
      requestsPerSecond: Type.Number(),
      errorsPerSecond: Type.Number(),
    }),
  ),
})

export const Hop = Type.Object({
  name: Type.String(),
  kind: Type.String(),
  address: Type.Optional(Type.String()),
  ok: Type.Boolean(),
  /** Which route, rule or limit decides here. */
  text: Type.String(),
})

export const NetworkPath = Type.Object({
  from: Type.String(),
  to: Type.String(),
  reaches: Type.Union([Type.Literal('yes'), Type.Literal('no'), Type.Literal('unknown')]),
  /** Where it stops and why; what mends it. */
  verdict: Type.String(),
  mend: Type.Optional(Type.String()),
  /** planned: from the inventory. measured: tried. */
  basis: Type.Union([Type.Literal('inventory'), Type.Literal('measured')]),
  hops: Type.Array(Hop),
})
