import type { Topology } from '../network/topology.ts'

/** A transit router's table, as its status shows it. */
export function routesOf(router: string, topology: Topology): { destination: string; nextHop: string }[] {
  const rangesOf = (vpc: string) => [
    ...topology.vpcs.filter(v => v.name === vpc).map(v => v.cidr),
    ...topology.podRanges.filter(p => p.vpc === vpc).map(p => p.cidr),
  ]
  const attached = (name: string) => topology.vpcAttachments.filter(a => a.transitRouter === name)
  const own = attached(router).flatMap(a =>
    rangesOf(a.vpc).map(destination => ({ destination, nextHop: `TransitRouterVpcAttachment/${a.name}` })),
  )
  const peers = topology.peerAttachments.flatMap(p => {
    const other =
      p.transitRouter === router ? p.peerTransitRouter : p.peerTransitRouter === router ? p.transitRouter : undefined
    if (!other) return []
    return attached(other)
      .flatMap(a => rangesOf(a.vpc))
      .map(destination => ({ destination, nextHop: `TransitRouterPeerAttachment/${p.name}` }))
  })
  return [...own, ...peers]
}
