import { contains, parseCidr } from '../network/cidr.ts'
import { parseBandwidth } from '../network/shaping.ts'
import { clusterRanges, firstOverlap, type NamedRange, reachableRanges, vpcRange } from './ranges.ts'
import { regions } from './regions.ts'
import { type CloudKind, type CloudObject, type CloudObjects, cloudKinds, idOf, ofKind } from './resources.ts'
import { judgeRules } from './security-rules.ts'
import { accepted, refused, type Verdict } from './verdict.ts'

export interface Judgement {
  readonly verdicts: ReadonlyMap<string, Verdict>
  /** Those that may take effect. */
  readonly accepted: CloudObjects
}

/** Judges every resource, those that others build on first. Pure. */
export function judge(objects: CloudObjects): Judgement {
  const verdicts = new Map<string, Verdict>()
  const good: CloudObject[] = []
  for (const kind of cloudKinds)
    for (const object of ofKind(objects, kind)) {
      const verdict = (judges[kind] as Judge<CloudKind>)(object, new Known(good, objects)) ?? accepted
      verdicts.set(idOf(object), verdict)
      if (verdict.accepted) good.push(object)
    }
  return { verdicts, accepted: good }
}

/** The accepted resources so far. */
class Known {
  readonly objects: CloudObjects
  readonly #everything: CloudObjects
  constructor(objects: CloudObjects, everything: CloudObjects) {
    this.objects = objects
    this.#everything = everything
  }
  /** Pod ranges of the clusters in these VPCs that were there before: clusters are judged last, and these count already. */
  podRangesBefore(object: CloudObject, vpcs: ReadonlySet<string>): NamedRange[] {
    const age = (o: CloudObject) => o.metadata.creationTimestamp ?? ''
    return ofKind(this.#everything, 'ManagedCluster')
      .filter(c => vpcs.has(c.spec.vpc) && age(c) <= age(object))
      .flatMap(c => clusterRanges(c).slice(1))
  }
  all<K extends CloudKind>(kind: K) {
    return ofKind(this.objects, kind)
  }
  find<K extends CloudKind>(kind: K, name: string) {
    return this.all(kind).find(o => o.metadata.name === name)
  }
}

/** Undefined: nothing is wrong with it. */
type Judge<K extends CloudKind> = (object: CloudObject<K>, known: Known) => Verdict | undefined

const judges: { [K in CloudKind]: Judge<K> } = {
  VPC: ({ spec, metadata }) => region(spec.region) ?? range(`VPC ${metadata.name}`, spec.cidrBlock, 8, 28),

  VSwitch({ spec, metadata }, known) {
    const vpc = known.find('VPC', spec.vpc)
    if (!vpc) return missing('VPC', spec.vpc)
    const name = `VSwitch ${metadata.name}`
    const wrong = range(name, spec.cidrBlock, 8, 29)
    if (wrong) return wrong
    if (!contains(parseCidr(vpc.spec.cidrBlock)!, parseCidr(spec.cidrBlock)!))
      return refused('ISM1203', `${name} (${spec.cidrBlock}) is not inside VPC ${spec.vpc} (${vpc.spec.cidrBlock})`)
    const others = known.all('VSwitch').filter(s => s.spec.vpc === spec.vpc)
    return overlap(
      [{ owner: name, cidr: spec.cidrBlock }],
      others.map(s => ({ owner: `VSwitch ${s.metadata.name}`, cidr: s.spec.cidrBlock })),
    )
  },

  CenInstance: () => undefined,

  TransitRouter({ spec }, known) {
    if (!known.find('CenInstance', spec.cen)) return missing('CenInstance', spec.cen)
    const other = known.all('TransitRouter').find(r => r.spec.cen === spec.cen && r.spec.region === spec.region)
    if (other)
      return refused('ISM1208', `CEN instance ${spec.cen} has transit router ${other.metadata.name} in ${spec.region}`)
    return region(spec.region)
  },

  TransitRouterVpcAttachment(object, known) {
    const { spec, metadata } = object
    const router = known.find('TransitRouter', spec.transitRouter)
    if (!router) return missing('TransitRouter', spec.transitRouter)
    const vpc = known.find('VPC', spec.vpc)
    if (!vpc) return missing('VPC', spec.vpc)
    if (vpc.spec.region !== router.spec.region)
      return refused(
        'ISM1207',
        `VPC ${spec.vpc} is in ${vpc.spec.region} and transit router ${spec.transitRouter} in ${router.spec.region}`,
      )
    const other = known.all('TransitRouterVpcAttachment').find(a => a.spec.vpc === spec.vpc)
    if (other)
      return refused(
        'ISM1208',
        `VPC ${spec.vpc} is attached by ${other.metadata.name} already, before ${metadata.name}`,
      )
    const reach = reachableRanges(known.objects, router.spec.cen).filter(r => r.vpc !== spec.vpc)
    const attached = new Set(reach.flatMap(r => (r.vpc ? [r.vpc] : [])))
    return overlap(
      [vpcRange(vpc), ...known.podRangesBefore(object, new Set([spec.vpc]))],
      [...reach, ...known.podRangesBefore(object, attached)],
    )
  },

  TransitRouterPeerAttachment({ spec }, known) {
    const [a, b] = [spec.transitRouter, spec.peerTransitRouter].map(name => known.find('TransitRouter', name))
    if (!a) return missing('TransitRouter', spec.transitRouter)
    if (!b) return missing('TransitRouter', spec.peerTransitRouter)
    const pair = `${a.metadata.name} (${a.spec.region}) and ${b.metadata.name} (${b.spec.region})`
    if (a.spec.region === b.spec.region) return refused('ISM1206', `${pair} are in one region`)
    if (a.spec.cen !== b.spec.cen)
      return refused('ISM1206', `${pair} belong to CEN instances ${a.spec.cen} and ${b.spec.cen}`)
    const ends = (s: typeof spec) => [s.transitRouter, s.peerTransitRouter].sort().join(' ')
    const other = known.all('TransitRouterPeerAttachment').find(p => ends(p.spec) === ends(spec))
    if (other) return refused('ISM1206', `${pair} are joined by ${other.metadata.name} already`)
    if (spec.bandwidth && parseBandwidth(spec.bandwidth) === undefined)
      return refused('ISM1212', `bandwidth ${spec.bandwidth} is out of range`)
    return undefined
  },

  SecurityGroup({ spec }, known) {
    if (!known.find('VPC', spec.vpc)) return missing('VPC', spec.vpc)
    return judgeRules(spec.inbound ?? [])
  },

  ManagedCluster(object, known) {
    const { spec } = object
    const wrong = place(spec, known)
    if (wrong) return wrong
    const flannel = (spec.networkPlugin ?? 'flannel') === 'flannel'
    if (flannel && !spec.podCIDR) return refused('ISM1201', 'network plugin flannel needs a podCIDR')
    const own = clusterRanges(object)
    for (const { owner, cidr } of own) {
      const bad = range(owner, cidr, 8, 26)
      if (bad) return bad
    }
    const [services, pods] = own
    const within = pods && overlap([pods], [services!])
    if (within) return within
    const vpc = known.find('VPC', spec.vpc)!
    const attachment = known.all('TransitRouterVpcAttachment').find(a => a.spec.vpc === spec.vpc)
    const cen = attachment && known.find('TransitRouter', attachment.spec.transitRouter)?.spec.cen
    const near = known.all('ManagedCluster').filter(c => c.spec.vpc === spec.vpc)
    const reach: NamedRange[] = [
      vpcRange(vpc),
      ...near.flatMap(c => clusterRanges(c).slice(1)),
      ...(cen ? reachableRanges(known.objects, cen) : []),
    ]
    return overlap(own, reach)
  },

  MeshInstance: ({ spec }, known) => place(spec, known),
}

function place(spec: { region: string; vpc: string; vSwitch: string; securityGroup?: string }, known: Known) {
  const vpc = known.find('VPC', spec.vpc)
  if (!vpc) return missing('VPC', spec.vpc)
  if (vpc.spec.region !== spec.region)
    return refused('ISM1207', `its region is ${spec.region} and VPC ${spec.vpc} is in ${vpc.spec.region}`)
  const vSwitch = known.find('VSwitch', spec.vSwitch)
  if (!vSwitch) return missing('VSwitch', spec.vSwitch)
  if (vSwitch.spec.vpc !== spec.vpc)
    return refused('ISM1207', `VSwitch ${spec.vSwitch} belongs to VPC ${vSwitch.spec.vpc}, not ${spec.vpc}`)
  if (!spec.securityGroup) return undefined
  const group = known.find('SecurityGroup', spec.securityGroup)
  if (!group) return missing('SecurityGroup', spec.securityGroup)
  return group.spec.vpc === spec.vpc
    ? undefined
    : refused('ISM1207', `SecurityGroup ${spec.securityGroup} belongs to VPC ${group.spec.vpc}, not ${spec.vpc}`)
}

const missing = (kind: CloudKind, name: string) => refused('ISM1204', `${kind} ${name} is not there or not accepted`)

const region = (name: string) =>
  regions.has(name) ? undefined : refused('ISM1205', `there is no region ${name}; near to it: ${near(name).join(', ')}`)

const near = (name: string) => {
  const same = [...regions].filter(r => r.slice(0, 4) === name.slice(0, 4))
  return (same.length ? same : [...regions]).slice(0, 5)
}

function range(owner: string, text: string, shortest: number, longest: number) {
  const cidr = parseCidr(text)
  if (!cidr) return refused('ISM1201', `${owner}: ${text} is not a range`)
  if (cidr.prefix < shortest || cidr.prefix > longest)
    return refused('ISM1201', `${owner}: the length of ${text} is not between /${shortest} and /${longest}`)
  return undefined
}

function overlap(mine: readonly NamedRange[], others: readonly NamedRange[]) {
  const pair = firstOverlap(mine, others)
  return pair && refused('ISM1202', `${pair[0].owner} (${pair[0].cidr}) overlaps ${pair[1].owner} (${pair[1].cidr})`)
}
