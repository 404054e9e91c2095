import { apiNamespace, meshNamespace } from '../network/names.ts'
import { parseBandwidth, unplannedRate } from '../network/shaping.ts'
import type { Host, Topology } from '../network/topology.ts'
import { type Allotments, addressOf, allot, podBlock } from './allotment.ts'
import { type Judgement, judge } from './judge.ts'
import { clusterRanges } from './ranges.ts'
import { type CloudObject, type CloudObjects, ofKind } from './resources.ts'
import { groupRules } from './security-rules.ts'

/** A cluster as it is to run. */
export interface ClusterPlan {
  readonly name: string
  readonly region: string
  readonly namespace: string
  readonly address: string
  readonly serviceCIDR: string
  readonly podCIDR?: string
  readonly vSwitchCIDR: string
  readonly networkPlugin: 'flannel' | 'terway'
  readonly securityGroup?: string
  readonly nodes: readonly NodePlan[]
}

export interface NodePlan {
  /** Name of the Node and of its namespace. */
  readonly name: string
  readonly address: string
  readonly podBlock: string
  readonly region: string
  readonly zone: string
}

export interface MeshPlan {
  readonly name: string
  readonly region: string
  readonly namespace: string
  readonly address: string
}

/** The whole world that the accepted resources ask for. */
export interface WorldPlan {
  readonly judgement: Judgement
  readonly topology: Topology
  readonly clusters: readonly ClusterPlan[]
  readonly meshes: readonly MeshPlan[]
  /** Pass to the next plan: addresses stay. */
  readonly allotments: Allotments
  /** Clusters by name that lack addresses, and for how many nodes. */
  readonly shortages: ReadonlyMap<string, number>
}

/** Pure: resources and the addresses given out so far to what is to run. */
export function planWorld(objects: CloudObjects, before: Allotments = new Map()): WorldPlan {
  const judgement = judge(objects)
  const good = judgement.accepted
  const vSwitches = ofKind(good, 'VSwitch')
  const clusterObjects = ofKind(good, 'ManagedCluster')
  const meshObjects = ofKind(good, 'MeshInstance')
  const nodeNames = (c: CloudObject<'ManagedCluster'>) =>
    Array.from({ length: c.spec.nodeCount ?? 2 }, (_, i) => `${c.metadata.name}-${i + 1}`)

  // Control planes first: "the first free address" of a vSwitch is theirs, however many nodes come.
  const allotments = new Map<string, ReadonlyMap<string, number>>()
  for (const vSwitch of vSwitches) {
    const name = vSwitch.metadata.name
    const here = clusterObjects.filter(c => c.spec.vSwitch === name)
    const wanted = [
      ...here.map(c => apiNamespace(c.metadata.name)),
      ...meshObjects.filter(m => m.spec.vSwitch === name).map(m => meshNamespace(m.metadata.name)),
      ...here.flatMap(nodeNames),
    ]
    allotments.set(name, allot(before.get(name), wanted, 2))
    const terway = here.filter(c => c.spec.networkPlugin === 'terway').flatMap(nodeNames)
    if (terway.length) allotments.set(`pods ${name}`, allot(before.get(`pods ${name}`), terway, 1))
  }
  const address = (vSwitch: CloudObject<'VSwitch'>, owner: string) =>
    addressOf(vSwitch.spec.cidrBlock, allotments.get(vSwitch.metadata.name)!.get(owner)!)

  const shortages = new Map<string, number>()
  const clusters: ClusterPlan[] = []
  for (const cluster of clusterObjects) {
    const { metadata, spec } = cluster
    const vSwitch = vSwitches.find(s => s.metadata.name === spec.vSwitch)!
    const namespace = apiNamespace(metadata.name)
    const own = address(vSwitch, namespace)
    const networkPlugin = spec.networkPlugin ?? 'flannel'
    const nodes = nodeNames(cluster).flatMap((name, i): NodePlan[] => {
      const at = address(vSwitch, name)
      const block =
        networkPlugin === 'terway'
          ? podBlock(vSwitch.spec.cidrBlock, -allotments.get(`pods ${spec.vSwitch}`)!.get(name)!)
          : podBlock(spec.podCIDR!, i)
      const zone = vSwitch.spec.zone ?? `${spec.region}-a`
      return at && block ? [{ name, address: at, podBlock: block, region: spec.region, zone }] : []
    })
    const missing = (spec.nodeCount ?? 2) - nodes.length
    if (missing || !own) shortages.set(metadata.name, missing)
    if (own)
      clusters.push({
        ...{ name: metadata.name, region: spec.region, namespace, address: own, serviceCIDR: spec.serviceCIDR },
        ...{
          podCIDR: spec.podCIDR,
          vSwitchCIDR: vSwitch.spec.cidrBlock,
          networkPlugin,
          securityGroup: spec.securityGroup,
          nodes,
        },
      })
  }
  const meshes = meshObjects.flatMap((mesh): MeshPlan[] => {
    const { name } = mesh.metadata
    const namespace = meshNamespace(name)
    const at = address(vSwitches.find(s => s.metadata.name === mesh.spec.vSwitch)!, namespace)
    return at ? [{ name, region: mesh.spec.region, namespace, address: at }] : []
  })
  const topology = topologyOf(good, clusters, meshes)
  return { judgement, topology, clusters, meshes, allotments, shortages }
}

function topologyOf(good: CloudObjects, clusters: readonly ClusterPlan[], meshes: readonly MeshPlan[]): Topology {
  const named = <T extends { metadata: { name: string } }>(o: T) => o.metadata.name
  const hosts: Host[] = []
  // A cluster without a group of its own has one that lets nobody in but its members.
  const implied = clusters.filter(c => !c.securityGroup).map(c => ({ name: `cluster ${c.name}`, rules: [] }))
  for (const cluster of clusters) {
    const { vSwitch } = ofKind(good, 'ManagedCluster').find(c => named(c) === cluster.name)!.spec
    const group = cluster.securityGroup ?? `cluster ${cluster.name}`
    hosts.push({ name: cluster.namespace, vSwitch, address: cluster.address, group })
    for (const node of cluster.nodes)
      hosts.push({ name: node.name, vSwitch, address: node.address, podBlock: node.podBlock, group })
  }
  for (const mesh of meshes) {
    const { vSwitch, securityGroup } = ofKind(good, 'MeshInstance').find(m => named(m) === mesh.name)!.spec
    hosts.push({ name: mesh.namespace, vSwitch, address: mesh.address, group: securityGroup })
  }
  return {
    vpcs: ofKind(good, 'VPC').map(v => ({ name: named(v), cidr: v.spec.cidrBlock })),
    vSwitches: ofKind(good, 'VSwitch').map(s => ({ name: named(s), vpc: s.spec.vpc, cidr: s.spec.cidrBlock })),
    transitRouters: ofKind(good, 'TransitRouter').map(r => ({ name: named(r) })),
    vpcAttachments: ofKind(good, 'TransitRouterVpcAttachment').map(a => ({
      name: named(a),
      transitRouter: a.spec.transitRouter,
      vpc: a.spec.vpc,
    })),
    peerAttachments: ofKind(good, 'TransitRouterPeerAttachment').map(p => ({
      name: named(p),
      transitRouter: p.spec.transitRouter,
      peerTransitRouter: p.spec.peerTransitRouter,
      rate: parseBandwidth(p.spec.bandwidth ?? '') ?? unplannedRate,
    })),
    podRanges: ofKind(good, 'ManagedCluster').flatMap(c =>
      clusterRanges(c)
        .slice(1)
        .map(({ cidr }) => ({ vpc: c.spec.vpc, cidr })),
    ),
    groups: [
      ...ofKind(good, 'SecurityGroup').map(g => ({ name: named(g), rules: groupRules(g.spec.inbound ?? []) })),
      ...implied,
    ],
    hosts,
  }
}
