import { type Pieces, WeakPairs } from '../collections/index.ts'
import type { Mesh, ProxyView, Service, SidecarScope, TrafficPolicy } from '../model/index.ts'
import type { Decision } from '../regions/decision.ts'
import { decide } from '../regions/index.ts'
import { changedHosts } from './changed-hosts.ts'
import { destinationRule, type MergedRule } from './destination-rules.ts'
import { outwardView } from './outward-view.ts'
import { clusterRegions } from './services.ts'
import { effectivePolicy } from './traffic-policy.ts'
import { serviceVisible, sidecarScope } from './visibility.ts'
import { visibleServices } from './visible-services.ts'

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

const scopes = new WeakPairs<Mesh, ProxyView, Scope>()

export function scopeOf(of: ProxyView, mesh: Mesh): Scope {
  const view = outwardView(of, mesh)
  return scopes.get(mesh, view) ?? scopes.set(mesh, view, makeScope(view, mesh))
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
      services ??= visibleServices(view, mesh, sidecar)
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
