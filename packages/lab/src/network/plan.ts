import { nthAddress, parseCidr } from './cidr.ts'
import { filterTable } from './filter.ts'
import { deviceName, internetAddress, root, routerAddresses, routerNamespace, vpcNamespace } from './names.ts'
import type { Link, NamespaceState, NetworkState, Route } from './state.ts'
import type { Topology } from './topology.ts'

type Draft = {
  role: NamespaceState['role']
  bridges: string[]
  addresses: { device: string; address: string }[]
  routes: Route[]
  rates: Map<string, number>
  filter?: string
}

const draft = (role: NamespaceState['role']): Draft => ({
  role,
  bridges: [],
  addresses: [],
  routes: [],
  rates: new Map(),
})

/**
 * The cloud's nouns as namespaces, cables and routes. Pure; the topology holds only what is valid.
 *
 * Routers have one address of their own and unnumbered links. A transit router knows the ranges of its attached VPCs and
 * those of the VPCs of its direct peers, a VPC's router what its transit router knows; what nobody knows is dropped
 * in silence, as a cloud does.
 */
export function planNetwork(topology: Topology): NetworkState {
  const namespaces = new Map<string, Draft>([[root, draft('root')]])
  const links: Link[] = []
  const routers = [
    ...topology.vpcs.map(v => vpcNamespace(v.name)),
    ...topology.transitRouters.map(r => routerNamespace(r.name)),
  ]
  const own = routerAddresses(routers)
  for (const name of routers) {
    const router = draft('router')
    router.addresses.push({ device: 'lo', address: `${own.get(name)}/32` })
    namespaces.set(name, router)
  }
  const at = (name: string) => namespaces.get(name)!
  at(root).addresses.push({ device: 'lo', address: `${internetAddress}/32` })

  const rangesOf = (vpc: string) => [
    ...topology.vpcs.filter(v => v.name === vpc).map(v => v.cidr),
    ...topology.podRanges.filter(p => p.vpc === vpc).map(p => p.cidr),
  ]

  for (const vpc of topology.vpcs) {
    const name = vpcNamespace(vpc.name)
    const device = deviceName(name)
    links.push({
      ends: [
        { namespace: root, device },
        { namespace: name, device: 'internet' },
      ],
    })
    addRoute(at(root), { to: vpc.cidr, via: own.get(name)!, device, source: internetAddress })
    addRoute(at(name), { to: `${internetAddress}/32`, via: internetAddress, device: 'internet' })
    addRoute(at(name), { to: 'default', blackhole: true })
  }

  for (const vSwitch of topology.vSwitches) {
    const cidr = parseCidr(vSwitch.cidr)!
    const router = at(vpcNamespace(vSwitch.vpc))
    const device = deviceName(`sw-${vSwitch.name}`)
    router.bridges.push(device)
    router.addresses.push({ device, address: `${nthAddress(cidr, 1)}/${cidr.prefix}` })
  }

  for (const attachment of topology.vpcAttachments) {
    const [vpc, transit] = [vpcNamespace(attachment.vpc), routerNamespace(attachment.transitRouter)]
    const [toTransit, toVpc] = [deviceName(`tr-${attachment.name}`), deviceName(`vpc-${attachment.name}`)]
    links.push({
      ends: [
        { namespace: vpc, device: toTransit },
        { namespace: transit, device: toVpc },
      ],
    })
    for (const to of rangesOf(attachment.vpc)) addRoute(at(transit), { to, via: own.get(vpc)!, device: toVpc })
  }

  const attachedTo = (router: string) =>
    topology.vpcAttachments.filter(a => a.transitRouter === router).flatMap(a => rangesOf(a.vpc))
  for (const peering of topology.peerAttachments) {
    const names = [peering.transitRouter, peering.peerTransitRouter] as const
    const device = deviceName(`px-${peering.name}`)
    const [a, b] = [routerNamespace(names[0]), routerNamespace(names[1])]
    links.push({
      ends: [
        { namespace: a, device },
        { namespace: b, device },
      ],
    })
    for (const [here, there, thereName] of [
      [a, b, names[1]],
      [b, a, names[0]],
    ] as const) {
      at(here).rates.set(device, peering.rate)
      for (const to of attachedTo(thereName)) addRoute(at(here), { to, via: own.get(there)!, device })
    }
  }

  for (const attachment of topology.vpcAttachments) {
    const transit = routerNamespace(attachment.transitRouter)
    const mine = new Set(rangesOf(attachment.vpc))
    for (const { to } of at(transit).routes)
      if (!mine.has(to))
        addRoute(at(vpcNamespace(attachment.vpc)), {
          to,
          via: own.get(transit)!,
          device: deviceName(`tr-${attachment.name}`),
        })
  }
  for (const router of topology.transitRouters)
    addRoute(at(routerNamespace(router.name)), { to: 'default', blackhole: true })

  addHosts(topology, namespaces, links)
  return { namespaces, links }
}

function addHosts(topology: Topology, namespaces: Map<string, Draft>, links: Link[]) {
  for (const host of topology.hosts) {
    const vSwitch = topology.vSwitches.find(s => s.name === host.vSwitch)!
    const gateway = nthAddress(parseCidr(vSwitch.cidr)!, 1)!
    const router = vpcNamespace(vSwitch.vpc)
    const state = draft('host')
    namespaces.set(host.name, state)
    links.push({
      ends: [
        { namespace: router, device: deviceName(`h-${host.name}`), bridge: deviceName(`sw-${vSwitch.name}`) },
        { namespace: host.name, device: 'eth0' },
      ],
    })
    // A /32: also neighbours of the vSwitch are reached through the router, where the pods' routes are.
    state.addresses.push({ device: 'eth0', address: `${host.address}/32` })
    state.routes.push({ to: 'default', via: gateway, device: 'eth0' })
    if (host.podBlock)
      addRoute(namespaces.get(router)!, {
        to: host.podBlock,
        via: host.address,
        device: deviceName(`sw-${vSwitch.name}`),
      })
    const group = topology.groups.find(g => g.name === host.group)
    if (!group) continue
    const members = topology.hosts.filter(h => h.group === group.name)
    state.filter = filterTable(
      group,
      members.flatMap(h => (h.podBlock ? [h.address, h.podBlock] : [h.address])),
    )
  }
}

/** The first to name a range keeps it, as a route table has one row for each. */
function addRoute(state: Draft, route: Route) {
  if (!state.routes.some(r => r.to === route.to)) state.routes.push(route)
}
