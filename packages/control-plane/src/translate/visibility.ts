import { covers, type Service, type SidecarScope, selects } from '../model/index.ts'

/** Istio's exportTo: '*' everybody, '.' the object's own namespace, '~' nobody, else names of namespaces. Empty is everybody. */
export function exportedTo(exportTo: readonly string[], own: string, namespace: string): boolean {
  if (exportTo.length === 0) return true
  return exportTo.some(to => to === '*' || to === namespace || (to === '.' && own === namespace))
}

/**
 * The Sidecar resource that holds for a workload (istio.io, Sidecar): one that selects it, else the namespace's own without
 * a selector, else the root namespace's without a selector.
 */
export function sidecarScope(
  sidecars: readonly SidecarScope[],
  namespace: string,
  rootNamespace: string,
  labels: Readonly<Record<string, string>>,
): SidecarScope | undefined {
  const own = inNamespaces(sidecars).get(namespace) ?? []
  const everybody = (s: SidecarScope) => Object.keys(s.workloadSelector).length === 0
  return (
    own.find(s => !everybody(s) && selects(s.workloadSelector, labels)) ??
    own.find(everybody) ??
    inNamespaces(sidecars).get(rootNamespace)?.find(everybody)
  )
}

const byNamespace = new WeakMap<readonly SidecarScope[], ReadonlyMap<string, readonly SidecarScope[]>>()

function inNamespaces(sidecars: readonly SidecarScope[]): ReadonlyMap<string, readonly SidecarScope[]> {
  let index = byNamespace.get(sidecars)
  if (!index) {
    index = Map.groupBy(sidecars, s => s.namespace)
    byNamespace.set(sidecars, index)
  }
  return index
}

/** Whether a Sidecar's `egress.hosts` (`namespace/dnsName`) let a host of a namespace through. */
export function inEgress(scope: SidecarScope, viewNamespace: string, namespace: string, host: string): boolean {
  return (scope.egressHosts ?? ['*/*']).some(pattern => {
    const slash = pattern.indexOf('/')
    const from = slash < 0 ? '*' : pattern.slice(0, slash)
    const name = pattern.slice(slash + 1)
    const place = from === '*' || from === namespace || (from === '.' && namespace === viewNamespace)
    return place && (covers(name, host) || covers(host, name))
  })
}

/** Services of one hostname have one namespace; the name alone does not say who may see it. */
export function serviceVisible(service: Service, namespace: string, scope: SidecarScope | undefined): boolean {
  if (!exportedTo(service.exportTo, service.namespace, namespace)) return false
  return !scope || inEgress(scope, namespace, service.namespace, service.hostname)
}
