import { ListIndex } from '../collections/index.ts'
import {
  type DestinationRule,
  type Gateway,
  type Locality,
  localityText,
  type Mesh,
  type ProxyNode,
  type ProxyView,
  type SidecarScope,
  unknownLocality,
  type VirtualService,
  type Workload,
} from '../model/index.ts'

/**
 * The view of a proxy: what its node says, completed by what the mesh knows of the workload it stands beside. Where the
 * workload is not known (no Kubernetes, or its pod is not listed yet) the node's own word is taken and nothing is inbound.
 */
export function viewOf(node: ProxyNode, mesh: Mesh): ProxyView {
  const endpoints = localityText(node.locality) === '' ? mesh.endpoints : undefined
  const from = [mesh.workloads, mesh.clusters, labelKeysSelectedOn(mesh), endpoints]
  const known = views.get(node)
  if (known && from.every((part, i) => part === known.from[i])) return known.view
  const view = makeView(node, mesh)
  views.set(node, { from, view })
  return view
}

/** The last view of each proxy, with the parts of the mesh that it was made from. */
const views = new WeakMap<ProxyNode, { readonly from: readonly unknown[]; readonly view: ProxyView }>()

function makeView(node: ProxyNode, mesh: Mesh): ProxyView {
  const workload = workloadOf(node, mesh)
  const base = {
    cluster: node.cluster,
    namespace: workload?.namespace ?? node.namespace,
    locality: localityOf(node, workload, mesh),
    network: node.network || (mesh.clusters.get(node.cluster)?.network ?? ''),
  }
  const labels = workload?.labels ?? node.labels
  if (node.kind === 'gateway') return { ...base, kind: 'gateway', labels: selectedLabels(base.namespace, labels, mesh) }
  return {
    ...base,
    kind: 'sidecar',
    redirect: node.redirect,
    inbound: workload?.inbound ?? [],
    labels: selectedLabels(base.namespace, labels, mesh),
  }
}

/** A pod's locality is its node's, whatever it says. Elsewhere the proxy knows best; else what is known of its address. */
function localityOf(node: ProxyNode, workload: Workload | undefined, mesh: Mesh): Locality {
  const said = localityText(node.locality) !== ''
  const known = workload && localityText(workload.locality) !== ''
  if (known && (workload.cluster !== '' || !said)) return workload.locality
  if (said) return node.locality
  const region = mesh.clusters.get(node.cluster)?.region
  return localitiesByAddress(mesh).get(node.ip) ?? (region ? { region, zone: '', subzone: '' } : unknownLocality)
}

/** The pod by cluster and name, else the only workload of the namespace that has the node's address. */
export function workloadOf(node: ProxyNode, mesh: Mesh): Workload | undefined {
  const byName = mesh.workloads.get(`${node.cluster}/${node.namespace}/${node.pod}`)
  if (byName || !node.ip) return byName
  const at = workloadsByAddress(mesh).get(node.ip) ?? []
  const fit = at.filter(w => (w.cluster === '' || w.cluster === node.cluster) && w.namespace === node.namespace)
  return fit.length === 1 ? fit[0] : undefined
}

const workloadIndexes = new WeakMap<Mesh['workloads'], ReadonlyMap<string, readonly Workload[]>>()

/** Made once per table of workloads and only when a proxy without a known pod asks. */
function workloadsByAddress(mesh: Mesh): ReadonlyMap<string, readonly Workload[]> {
  const known = workloadIndexes.get(mesh.workloads)
  if (known) return known
  const index = new Map<string, Workload[]>()
  for (const w of mesh.workloads.values()) for (const a of w.addresses) index.set(a, [...(index.get(a) ?? []), w])
  workloadIndexes.set(mesh.workloads, index)
  return index
}

const localityIndexes = new WeakMap<Mesh['endpoints'], ReadonlyMap<string, Locality>>()

/** Of addresses all whose endpoints have one and the same locality. Made only when a proxy does not say where it is. */
function localitiesByAddress(mesh: Mesh): ReadonlyMap<string, Locality> {
  const known = localityIndexes.get(mesh.endpoints)
  if (known) return known
  const index = new Map<string, Locality>()
  for (const endpoints of mesh.endpoints.values())
    for (const e of endpoints) {
      if (e.cluster !== '') continue
      const had = index.get(e.address)
      const agree = !had || localityText(had) === localityText(e.locality)
      index.set(e.address, agree ? e.locality : unknownLocality)
    }
  localityIndexes.set(mesh.endpoints, index)
  return index
}

/**
 * Only labels that some rule selects on: proxies that differ in others share a view. Keys are what counts, so that a rule
 * that comes to select on a value another pod has does not change this pod's view.
 */
function selectedLabels(
  namespace: string,
  labels: Readonly<Record<string, string>>,
  mesh: Mesh,
): Record<string, string> {
  const keys = labelKeysSelectedOn(mesh).get(namespace)
  const everywhere = labelKeysSelectedOn(mesh).get('*')
  if (!keys && !everywhere) return {}
  return sorted(Object.fromEntries(Object.entries(labels).filter(([k]) => keys?.has(k) || everywhere?.has(k))))
}

/** Worked out once per set of rules. */
let last: { readonly uses: readonly Uses[]; readonly keys: ReadonlyMap<string, ReadonlySet<string>> } | undefined

function labelKeysSelectedOn(mesh: Mesh): ReadonlyMap<string, ReadonlySet<string>> {
  const uses = [
    ofGateways.of(mesh.gateways),
    ofSidecars.of(mesh.sidecars),
    ofVirtualServices.of(mesh.virtualServices),
    ofDestinationRules.of(mesh.destinationRules),
  ]
  if (last && uses.every((u, i) => u === last?.uses[i])) return last.keys
  const keys = new Map<string, Set<string>>()
  for (const [namespace, name] of uses.flatMap(u => [...u.keys()].map(key => key.split('\0') as [string, string])))
    keys.set(namespace, (keys.get(namespace) ?? new Set()).add(name))
  // The same object while it says the same: views that only looked at the keys stand.
  last = { uses, keys: last && text(last.keys) === text(keys) ? last.keys : keys }
  return last.keys
}

/** How many rules of a table read a label, by the namespace whose proxies it is read of ('*': all) and its key. */
type Uses = ReadonlyMap<string, number>

type Selector = readonly [namespace: string, names: readonly string[]]

const ofGateways = usesOf(gatewaySelectors)
const ofSidecars = usesOf((s: SidecarScope) => [[s.namespace, Object.keys(s.workloadSelector)]])
const ofVirtualServices = usesOf(virtualServiceSelectors)
const ofDestinationRules = usesOf(destinationRuleSelectors)

function usesOf<R>(read: (rule: R) => readonly Selector[]): ListIndex<R, Uses> {
  const keysOf = (rule: R) => read(rule).flatMap(([namespace, names]) => names.map(name => `${namespace}\0${name}`))
  const patch = (uses: Uses, gone: readonly R[], come: readonly R[]): Uses => {
    const changes = [
      ...gone.flatMap(keysOf).map(k => [k, -1] as const),
      ...come.flatMap(keysOf).map(k => [k, 1] as const),
    ]
    if (changes.length === 0) return uses
    const after = new Map(uses)
    for (const [key, by] of changes) after.set(key, (after.get(key) ?? 0) + by)
    for (const [key, count] of after) if (count === 0) after.delete(key)
    return after
  }
  return new ListIndex<R, Uses>(
    rules => patch(new Map(), [], rules),
    (uses, { gone, come }) => patch(uses, gone, come),
  )
}

function gatewaySelectors(gateway: Gateway): readonly Selector[] {
  return [['*', Object.keys(gateway.selector)]]
}

function virtualServiceSelectors(v: VirtualService): readonly Selector[] {
  return [...v.http, ...v.tls, ...v.tcp].flatMap(route =>
    route.match.map((m): Selector => ['*', Object.keys(m.sourceLabels)]),
  )
}

function destinationRuleSelectors(d: DestinationRule): readonly Selector[] {
  // Istio's failoverPriority compares the client's labels with the endpoint's: `key`, or `key=value`.
  const policies = [d.trafficPolicy, ...d.subsets.map(s => s.trafficPolicy)]
  const priorities = policies
    .flatMap(p => (p ? [p, ...p.portLevelSettings.values()] : []))
    .flatMap(p => p.loadBalancer?.localityLbSetting?.failoverPriority ?? [])
  return [
    [d.namespace, Object.keys(d.workloadSelector ?? {})],
    ['*', priorities.map(k => k.split('=')[0] ?? '')],
  ]
}

function text(keys: ReadonlyMap<string, ReadonlySet<string>>): string {
  return [...keys]
    .map(([namespace, names]) => `${namespace} ${[...names].sort().join(' ')}`)
    .sort()
    .join('\n')
}

function sorted(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))
}
