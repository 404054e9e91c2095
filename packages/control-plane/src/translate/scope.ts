import { changedKeys, type ItemChange, inPieces, type Pieces, patchedPieces } from '../collections/index.ts'
import type { Mesh, ProxyView, Service, SidecarScope, TrafficPolicy } from '../model/index.ts'
import type { Decision } from '../regions/decision.ts'
import { decide } from '../regions/index.ts'
import { changedHosts } from './changed-hosts.ts'
import { destinationRule, type MergedRule } from './destination-rules.ts'
import { outwardView } from './outward-view.ts'
import { byHostname, clusterRegions } from './services.ts'
import { effectivePolicy } from './traffic-policy.ts'
import { serviceVisible, sidecarScope } from './visibility.ts'
import { VisibleFrom } from './visible.ts'

/** The mesh as one view sees it: which services, under which rules, with which regional decision. Computed when asked, then kept. */
export interface Scope {
  /** Without what its proxies serve: see `outwardView`. */
  readonly view: ProxyView
  readonly mesh: Mesh
  /** The Sidecar resource that holds for the view, where there is one. */
  readonly sidecar: SidecarScope | undefined
  /** Visible services, by hostname; the same pieces while they are the same. */
  services(): Pieces<Service>
  /** Undefined where there is no such service or the view may not see it. */
  service(hostname: string): Service | undefined
  rule(service: Service): MergedRule | undefined
  policy(service: Service, port: number, subset?: string): TrafficPolicy | undefined
  decision(service: Service, port: number, subset?: string): Decision
}

const scopes = new WeakMap<Mesh, WeakMap<ProxyView, Scope>>()

export function scopeOf(of: ProxyView, mesh: Mesh): Scope {
  const view = outwardView(of, mesh)
  let byView = scopes.get(mesh)
  if (!byView) {
    byView = new WeakMap()
    scopes.set(mesh, byView)
  }
  let scope = byView.get(view)
  if (!scope) {
    scope = makeScope(view, mesh)
    byView.set(view, scope)
  }
  return scope
}

interface Visible {
  readonly of: Mesh['services']
  readonly sidecar: SidecarScope | undefined
  readonly services: Pieces<Service>
}

const visibles = new WeakMap<ProxyView, Visible>()

/** Services that a view may see, by hostname: those it saw last, and what changed since. */
function servicesOf(view: ProxyView, { services: of }: Mesh, sidecar: SidecarScope | undefined): Pieces<Service> {
  const known = visibles.get(view)
  if (known && known.of === of && known.sidecar === sidecar) return known.services
  const last = known?.sidecar === sidecar ? known : undefined
  const services = visibleServices(of, view.namespace, sidecar, last)
  visibles.set(view, { of, sidecar, services })
  return services
}

type Lists = Map<SidecarScope | undefined, Map<string, Pieces<Service>>>

/** By the Sidecar (or none) and the namespace: views that see the same share the list. */
const lists = new WeakMap<Mesh['services'], Lists>()

function visibleServices(
  services: Mesh['services'],
  namespace: string,
  sidecar: SidecarScope | undefined,
  last: Visible | undefined,
): Pieces<Service> {
  const bySidecar: Lists = lists.get(services) ?? new Map()
  lists.set(services, bySidecar)
  const byNamespace = bySidecar.get(sidecar) ?? new Map<string, Pieces<Service>>()
  bySidecar.set(sidecar, byNamespace)
  let list = byNamespace.get(namespace)
  if (!list) {
    list = last ? followed(last, services, namespace) : all(services, namespace, sidecar)
    byNamespace.set(namespace, list)
  }
  return list
}

interface Followed {
  readonly from: Pieces<Service>
  readonly changes: readonly ItemChange<Service>[]
  readonly to: Pieces<Service>
}

const steps = new WeakMap<Mesh['services'], Followed[]>()

/** The same pieces where all that changed is nothing to the view; views that saw the same, and see the same change, share theirs. */
function followed({ of, sidecar, services: from }: Visible, now: Mesh['services'], namespace: string): Pieces<Service> {
  const changes: ItemChange<Service>[] = []
  for (const hostname of changedKeys(of, now)) {
    const [was, is] = [of.get(hostname), now.get(hostname)]
    if (is && serviceVisible(is, namespace, sidecar)) changes.push({ item: is, gone: false })
    else if (was && serviceVisible(was, namespace, sidecar)) changes.push({ item: was, gone: true })
  }
  if (changes.length === 0) return from
  const known = steps.get(now) ?? []
  const same = (c: ItemChange<Service>, i: number) => c.item === changes[i]!.item && c.gone === changes[i]!.gone
  const found = known.find(s => s.from === from && s.changes.length === changes.length && s.changes.every(same))
  if (found) return found.to
  const to = patchedPieces(from, changes, byHostname)
  steps.set(now, [...known, { from, changes, to }])
  return to
}

const seen = new WeakMap<Mesh['services'], { readonly from: VisibleFrom<Service>; readonly all: Pieces<Service> }>()

function all(services: Mesh['services'], namespace: string, sidecar: SidecarScope | undefined): Pieces<Service> {
  let index = seen.get(services)
  if (!index) {
    const sorted = [...services.values()].sort(byHostname)
    index = { from: new VisibleFrom(sorted), all: inPieces(sorted) }
    seen.set(services, index)
  }
  const visible = index.from
    .candidates(namespace, sidecar)
    .filter(service => serviceVisible(service, namespace, sidecar))
  return visible.length === services.size ? index.all : inPieces(visible)
}

interface Rules {
  mesh: Mesh
  readonly byHost: Map<string, { readonly service: Service; readonly rule: MergedRule | undefined }>
}

const rulesOf = new WeakMap<ProxyView, Rules>()

/** Found once for a service, until the rules of its host change. */
function ruleOf(view: ProxyView, mesh: Mesh, service: Service): MergedRule | undefined {
  let rules = rulesOf.get(view)
  if (!rules) {
    rules = { mesh, byHost: new Map() }
    rulesOf.set(view, rules)
  }
  if (rules.mesh !== mesh) {
    const hosts = changedHosts(rules.mesh, mesh)
    if (hosts === 'all') rules.byHost.clear()
    else for (const host of hosts) rules.byHost.delete(host)
    rules.mesh = mesh
  }
  let found = rules.byHost.get(service.hostname)
  if (found?.service !== service) {
    found = { service, rule: destinationRule(mesh, view.namespace, view.labels, service) }
    rules.byHost.set(service.hostname, found)
  }
  return found.rule
}

function makeScope(view: ProxyView, mesh: Mesh): Scope {
  const sidecar =
    view.kind === 'sidecar'
      ? sidecarScope(mesh.sidecars, view.namespace, mesh.config.rootNamespace, view.labels)
      : undefined
  const visible = (service: Service) => serviceVisible(service, view.namespace, sidecar)
  const decisions = new Map<string, Decision>()
  let services: Pieces<Service> | undefined

  const rule = (service: Service) => ruleOf(view, mesh, service)
  const policy = (service: Service, port: number, subset?: string) => effectivePolicy(rule(service), port, subset)

  return {
    view,
    mesh,
    sidecar,
    services: () => {
      services ??= servicesOf(view, mesh, sidecar)
      return services
    },
    service: hostname => {
      const service = mesh.services.get(hostname)
      return service && visible(service) ? service : undefined
    },
    rule,
    policy,
    decision: (service, port, subset) => {
      const key = `${port}|${subset ?? ''}|${service.hostname}`
      let decision = decisions.get(key)
      if (!decision) {
        decision = decide({
          service,
          trafficPolicy: policy(service, port, subset),
          destinationRule: rule(service)?.origins[0],
          source: view.locality,
          sourceLabels: view.labels,
          role: view.kind,
          policies: mesh.regionalPolicies,
          knownRegions: clusterRegions(mesh.clusters),
          rootNamespace: mesh.config.rootNamespace,
        })
        decisions.set(key, decision)
      }
      return decision
    },
  }
}
