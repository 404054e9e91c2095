import type { ErrorCode } from '@isthmus/errors'
import type { InventoryKind, InventoryObject } from './inventory.ts'
import { holds } from './ranges.ts'
import type { CheckType } from './resource.ts'

/** What is in the way, by name, and what mends it. */
export interface Obstacle {
  readonly check: CheckType
  readonly code: ErrorCode
  readonly message: string
}

export interface Path {
  /** IP address of the control plane. */
  readonly from: string
  /** IP address and port of the cluster's API. */
  readonly to: string
  readonly port: number
}

/**
 * The first thing in the network that keeps a TCP connection from being useful, in the order of a packet's way: attachment
 * here, attachment there, the connection between the routers, the security group at the other end, the bandwidth. Pure.
 * Undefined: the inventory knows of no obstacle, or does not know one of the addresses.
 */
export function firstObstacle(objects: readonly InventoryObject[], path: Path): Obstacle | undefined {
  const world = new Inventory(objects)
  const from = world.vpcOf(path.from)
  const to = world.vpcOf(path.to)
  if (!from || !to) return undefined
  const route = from === to ? { peer: undefined } : world.route(from, to)
  if ('check' in route) return route
  return world.filtered(path, to) ?? (route.peer && unplanned(route.peer))
}

function unplanned(peer: InventoryObject): Obstacle | undefined {
  if (peer.spec.bandwidth) return undefined
  const { name } = peer.metadata
  return {
    check: 'BandwidthAvailable',
    code: 'ISM4003',
    message:
      `the inter-region connection ${name} (${peer.spec.transitRouter} to ${peer.spec.peerTransitRouter}) has no bandwidth plan and carries 1 kbit/s: ` +
      `kubectl patch transitrouterpeerattachment ${name} --type merge -p '{"spec":{"bandwidth":"100Mbps"}}'`,
  }
}

class Inventory {
  readonly #objects: readonly InventoryObject[]
  constructor(objects: readonly InventoryObject[]) {
    this.#objects = objects
  }

  /** Objects of a kind that are not refused by their own controller. */
  #all(kind: InventoryKind): InventoryObject[] {
    return this.#objects.filter(
      o => o.kind === kind && !o.status?.conditions?.some(c => c.type === 'Accepted' && c.status === 'False'),
    )
  }

  #named(kind: InventoryKind, name: string | undefined): InventoryObject | undefined {
    return this.#all(kind).find(o => o.metadata.name === name)
  }

  /** The VPC an address belongs to: an API endpoint's, else that of the range that holds it. */
  vpcOf(address: string): string | undefined {
    const endpoint = this.#clusterAt(address) ?? this.#endpoint('MeshInstance', address)
    if (endpoint) return endpoint.spec.vpc
    return this.#all('VPC').find(v => holds(v.spec.cidrBlock, address))?.metadata.name
  }

  #endpoint(kind: 'ManagedCluster' | 'MeshInstance', address: string): InventoryObject | undefined {
    return this.#all(kind).find(o => hostOf(o.status?.endpoints?.private) === address)
  }

  #clusterAt(address: string): InventoryObject | undefined {
    return this.#endpoint('ManagedCluster', address)
  }

  /** The inter-region connection a packet takes (undefined within one router), or what is missing. */
  route(from: string, to: string): { peer: InventoryObject | undefined } | Obstacle {
    const missing = [from, to].find(vpc => this.#routers(vpc).length === 0)
    if (missing) return this.#unattached(missing)
    const pairs = this.#routers(from).flatMap(a => this.#routers(to).map(b => [a, b] as const))
    if (pairs.some(([a, b]) => a === b)) return { peer: undefined }
    const peers = this.#all('TransitRouterPeerAttachment')
    for (const [a, b] of pairs) {
      const peer = peers.find(p => isPair(p, a.metadata.name, b.metadata.name))
      if (peer) return { peer }
    }
    const [a, b] = pairs[0]!
    const names = `${a.metadata.name} (${a.spec.region}) and ${b.metadata.name} (${b.spec.region})`
    if (a.spec.cen !== b.spec.cen)
      return noRoute(`VPC ${from} and VPC ${to} are attached to ${names}, routers of different CEN instances`)
    return noRoute(
      `transit routers ${names} are not connected: create a TransitRouterPeerAttachment between them, with a bandwidth`,
    )
  }

  #routers(vpc: string): InventoryObject[] {
    return this.#all('TransitRouterVpcAttachment')
      .filter(a => a.spec.vpc === vpc)
      .map(a => this.#named('TransitRouter', a.spec.transitRouter))
      .filter(r => r !== undefined)
  }

  #unattached(vpc: string): Obstacle {
    const region = this.#named('VPC', vpc)?.spec.region
    const router = this.#all('TransitRouter').find(r => r.spec.region === region)
    const mend = router
      ? `create a TransitRouterVpcAttachment of VPC ${vpc} to ${router.metadata.name}`
      : `create a TransitRouter in ${region} and a TransitRouterVpcAttachment of VPC ${vpc} to it`
    return noRoute(`VPC ${vpc} is not attached to a transit router: ${mend}`)
  }

  /** The security group that drops what comes from the control plane. */
  filtered(path: Path, vpc: string): Obstacle | undefined {
    const cluster = this.#clusterAt(path.to)
    if (!cluster) return undefined
    const group = this.#named('SecurityGroup', cluster.status?.securityGroup ?? cluster.spec.securityGroup)
    if (!group) return undefined
    const mesh = this.#all('MeshInstance').find(m => this.vpcOf(path.from) === m.spec.vpc)
    if (mesh?.spec.securityGroup && mesh.spec.securityGroup === group.metadata.name) return undefined
    const rules = (group.spec.inbound ?? []) as InboundRule[]
    if (rules.some(r => admits(r, path))) return undefined
    const source = this.#all('VSwitch').find(
      s => s.spec.vpc === this.vpcOf(path.from) && holds(s.spec.cidrBlock, path.from),
    )
    const range = source?.spec.cidrBlock ?? `${path.from}/32`
    return {
      check: 'SecurityGroupAllows',
      code: 'ISM4002',
      message:
        `SecurityGroup ${group.metadata.name} of ManagedCluster ${cluster.metadata.name} (VPC ${vpc}) lets nothing in from ${path.from} to TCP port ${path.port}: ` +
        `add the inbound rule protocol TCP, portRange "${path.port}", source ${range}`,
    }
  }
}

interface InboundRule {
  readonly protocol: string
  readonly portRange?: string
  readonly source: string
}

function admits(rule: InboundRule, path: Path): boolean {
  if (!['All', 'TCP'].includes(rule.protocol) || !holds(rule.source, path.from)) return false
  if (!rule.portRange) return true
  const [first, last = first] = rule.portRange.split('-').map(Number)
  return path.port >= first! && path.port <= last!
}

function isPair(peer: InventoryObject, a: string, b: string): boolean {
  const ends = [peer.spec.transitRouter, peer.spec.peerTransitRouter]
  return ends.includes(a) && ends.includes(b)
}

function noRoute(message: string): Obstacle {
  return { check: 'RouteAvailable', code: 'ISM4001', message }
}

function hostOf(url: unknown): string | undefined {
  if (typeof url !== 'string') return undefined
  try {
    return new URL(url.includes('://') ? url : `https://${url}`).hostname
  } catch {
    return undefined
  }
}
