import type { ErrorCode } from '@isthmus/errors'
import type { InventoryObject } from './inventory.ts'
import { holds } from './ranges.ts'

/** One end of a path. */
export interface PathEnd {
  /** As it was asked for. */
  readonly name: string
  readonly address: string
  /** The member cluster it belongs to, where that is known. */
  readonly cluster?: string
}

export interface PathHop {
  readonly name: string
  readonly kind: string
  readonly address?: string
  readonly ok: boolean
  /** Which route, rule or limit decides here. */
  readonly text: string
}

export interface FoundPath {
  readonly reaches: 'yes' | 'no' | 'unknown'
  readonly verdict: string
  readonly code?: ErrorCode
  readonly hops: readonly PathHop[]
}

export interface PathQuestion {
  readonly from: PathEnd
  readonly to: PathEnd
  readonly port?: number
  readonly protocol: string
}

/** Load balancers and people are behind these addresses; security groups let them in. */
const sharedRange = '100.64.0.0/10'

/**
 * From one address to another through the network as the inventory has it, hop by hop in the order of a packet's way, up to
 * the first thing that stops it: attachments, the connection between routers and its bandwidth, the security group at the
 * other end. Pure.
 */
export function networkPath(objects: readonly InventoryObject[], question: PathQuestion): FoundPath {
  const world = new World(objects)
  const { from, to } = question
  const [source, target] = [world.placeOf(from), world.placeOf(to)]
  const hops: PathHop[] = [endHop(from, source, 'from')]
  const end = (reaches: FoundPath['reaches'], verdict: string, code?: ErrorCode): FoundPath => ({
    ...{ reaches, verdict, hops },
    ...(code && { code }),
  })
  for (const [who, place] of [[from, source] as const, [to, target] as const])
    if (!place) return end('unknown', `no VPC, vSwitch or pod range of the inventory holds ${who.address}`)
  const [a, b] = [source!, target!]
  hops.push(vpcHop(a))
  if (a.vpc !== b.vpc) {
    const stop = world.cross(a.vpc, b.vpc, hops)
    if (stop) return end('no', stop.text, stop.code)
    hops.push(vpcHop(b))
  }
  const guard = world.guard(a, b, question)
  if (guard) {
    hops.push(guard.hop)
    if (!guard.hop.ok) return end('no', guard.hop.text, 'ISM4002')
  }
  hops.push(endHop(to, b, 'to'))
  const port = question.port ? ` port ${question.port}` : ''
  return end('yes', `${from.name} reaches ${to.name} (${to.address})${port}: nothing in the inventory stops it`)
}

interface Place {
  readonly vpc: string
  readonly vSwitch?: string
  /** The range that holds it, and what it is. */
  readonly range: string
  readonly cluster?: InventoryObject
}

function endHop(end: PathEnd, place: Place | undefined, side: 'from' | 'to'): PathHop {
  const cluster = place?.cluster?.metadata.name ?? end.cluster
  const text = place
    ? `${place.range}${cluster ? `, cluster ${cluster}` : ''}`
    : `the inventory does not know this address`
  return { name: end.name, kind: side === 'from' ? 'Source' : 'Destination', address: end.address, ok: !!place, text }
}

function vpcHop({ vpc, vSwitch, range }: Place): PathHop {
  return {
    name: vpc,
    kind: 'VPC',
    ok: true,
    text: vSwitch ? `vSwitch ${vSwitch}, ${range}` : `its routes hold ${range}`,
  }
}

interface Rule {
  readonly protocol: string
  readonly portRange?: string
  readonly source: string
}

class World {
  readonly #objects: readonly InventoryObject[]

  constructor(objects: readonly InventoryObject[]) {
    // What its own controller refuses does not exist in the network.
    this.#objects = objects.filter(o => !o.status?.conditions?.some(c => c.type === 'Accepted' && c.status === 'False'))
  }

  #all(kind: string): InventoryObject[] {
    return this.#objects.filter(o => o.kind === kind)
  }

  #named(kind: string, name: string | undefined): InventoryObject | undefined {
    return this.#all(kind).find(o => o.metadata.name === name)
  }

  placeOf({ address, cluster: name }: PathEnd): Place | undefined {
    const clusters = this.#all('ManagedCluster')
    const byPods = clusters.filter(c => c.spec.podCIDR && holds(c.spec.podCIDR, address))
    const pods = byPods.find(c => c.metadata.name === name) ?? byPods[0]
    if (pods) return { vpc: pods.spec.vpc, range: `pod range ${pods.spec.podCIDR}`, cluster: pods }
    const vSwitch = this.#all('VSwitch').find(s => holds(s.spec.cidrBlock, address))
    const vpc = this.#all('VPC').find(v => v.metadata.name === vSwitch?.spec.vpc || holds(v.spec.cidrBlock, address))
    if (!vpc) return undefined
    const inSwitch = clusters.filter(c => c.spec.vSwitch === vSwitch?.metadata.name)
    const cluster = inSwitch.find(c => c.metadata.name === name) ?? (inSwitch.length === 1 ? inSwitch[0] : undefined)
    return {
      vpc: vpc.metadata.name,
      ...(vSwitch && { vSwitch: vSwitch.metadata.name }),
      range: (vSwitch ?? vpc).spec.cidrBlock,
      ...(cluster && { cluster }),
    }
  }

  /** Adds the hops between two VPCs. @returns what stops a packet there */
  cross(from: string, to: string, hops: PathHop[]): { text: string; code: ErrorCode } | undefined {
    const stop = (name: string, kind: string, text: string, code: ErrorCode = 'ISM4001') => {
      hops.push({ name, kind, ok: false, text })
      return { text, code }
    }
    const [here, there] = [this.#attachments(from), this.#attachments(to)]
    if (here.length === 0) return stop(from, 'VPC', this.#unattached(from))
    const shared = here.find(a => there.some(b => b.spec.transitRouter === a.spec.transitRouter))
    const first = shared ?? here[0]!
    hops.push(attachmentHop(first))
    hops.push(routerHop(this.#named('TransitRouter', first.spec.transitRouter)!))
    if (there.length === 0) return stop(to, 'VPC', this.#unattached(to))
    if (shared) {
      hops.push(attachmentHop(there.find(b => b.spec.transitRouter === shared.spec.transitRouter)!))
      return undefined
    }
    const peers = this.#all('TransitRouterPeerAttachment')
    for (const a of here)
      for (const b of there) {
        const ends = [a.spec.transitRouter, b.spec.transitRouter]
        const peer = peers.find(p => ends.includes(p.spec.transitRouter) && ends.includes(p.spec.peerTransitRouter))
        if (!peer) continue
        const { name } = peer.metadata
        if (!peer.spec.bandwidth)
          return stop(
            name,
            'TransitRouterPeerAttachment',
            `the inter-region connection ${name} has no bandwidth plan and carries 1 kbit/s: give it a bandwidth`,
            'ISM4003',
          )
        hops.push({ name, kind: 'TransitRouterPeerAttachment', ok: true, text: `bandwidth ${peer.spec.bandwidth}` })
        hops.push(routerHop(this.#named('TransitRouter', b.spec.transitRouter)!))
        hops.push(attachmentHop(b))
        return undefined
      }
    const [a, b] = [first.spec.transitRouter, there[0]!.spec.transitRouter]
    return stop(
      a,
      'TransitRouter',
      `transit routers ${a} and ${b} are not connected: create a TransitRouterPeerAttachment`,
    )
  }

  /** The security group at the destination; undefined where none guards it. */
  guard(a: Place, b: Place, question: PathQuestion): { readonly hop: PathHop } | undefined {
    const cluster = b.cluster
    if (!cluster) return undefined
    const group = this.#groupOf(cluster)
    const name = group?.metadata.name ?? `cluster ${cluster.metadata.name}`
    const hop = (ok: boolean, text: string) => ({ hop: { name, kind: 'SecurityGroup', ok, text } })
    const { address } = question.from
    if (holds(sharedRange, address)) return hop(true, `${sharedRange} is let in`)
    const own = a.cluster && (a.cluster === cluster || (group && this.#groupOf(a.cluster) === group))
    if (own) return hop(true, 'both ends are members of the group')
    const rules = (group?.spec.inbound ?? []) as Rule[]
    const rule = rules.find(r => admits(r, question))
    const { protocol, port } = question
    const what = `${protocol}${port ? ` port ${port}` : ''} from ${address}`
    if (rule) return hop(true, `inbound rule ${ruleText(rule)} lets ${what} in`)
    const range = a.cluster?.spec.podCIDR && holds(a.cluster.spec.podCIDR, address) ? a.cluster.spec.podCIDR : a.range
    return hop(
      false,
      `security group ${name} lets no ${what} in: add an inbound rule with protocol ${protocol}${port ? `, portRange "${port}"` : ''}, source ${range}`,
    )
  }

  #groupOf(cluster: InventoryObject): InventoryObject | undefined {
    return this.#named('SecurityGroup', cluster.spec.securityGroup ?? cluster.status?.securityGroup)
  }

  #attachments(vpc: string): InventoryObject[] {
    return this.#all('TransitRouterVpcAttachment').filter(
      a => a.spec.vpc === vpc && this.#named('TransitRouter', a.spec.transitRouter),
    )
  }

  #unattached(vpc: string): string {
    const region = this.#named('VPC', vpc)?.spec.region
    const router = this.#all('TransitRouter').find(r => r.spec.region === region)
    return router
      ? `VPC ${vpc} is not attached to a transit router: create a TransitRouterVpcAttachment of it to ${router.metadata.name}`
      : `VPC ${vpc} is not attached to a transit router, and ${region} has none: create both`
  }
}

function attachmentHop({ metadata, spec }: InventoryObject): PathHop {
  const text = `joins VPC ${spec.vpc} and ${spec.transitRouter}`
  return { name: metadata.name, kind: 'TransitRouterVpcAttachment', ok: true, text }
}

function routerHop({ metadata, spec, status }: InventoryObject): PathHop {
  const routes = Array.isArray(status?.routes) ? `, ${status.routes.length} routes` : ''
  return { name: metadata.name, kind: 'TransitRouter', ok: true, text: `${spec.region}${routes}` }
}

function admits({ protocol, portRange, source }: Rule, q: PathQuestion): boolean {
  if (protocol !== 'All' && protocol.toUpperCase() !== q.protocol.toUpperCase()) return false
  if (!holds(source, q.from.address)) return false
  if (!portRange || q.port === undefined) return true
  const [first = 0, last = first] = portRange.split('-').map(Number)
  return q.port >= first && q.port <= last
}

function ruleText({ protocol, portRange, source }: Rule): string {
  return `${protocol}${portRange ? ` ${portRange}` : ''} from ${source}`
}
