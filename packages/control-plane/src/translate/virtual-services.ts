import { bySpecificity, covers, isWildcard, type Mesh, type SidecarScope, type VirtualService } from '../model/index.ts'
import type { Scope } from './scope.ts'
import { exportedTo, inEgress } from './visibility.ts'
import { VisibleFrom } from './visible.ts'

type Index = ReadonlyMap<string, VisibleFrom<VirtualService>>

const byGateway = new WeakMap<readonly VirtualService[], Index>()

function indexOf(rules: readonly VirtualService[]): Index {
  let index = byGateway.get(rules)
  if (!index) {
    const lists = new Map<string, VirtualService[]>()
    for (const vs of rules) {
      for (const name of new Set(vs.gateways)) {
        const list = lists.get(name)
        if (list) list.push(vs)
        else lists.set(name, [vs])
      }
    }
    index = new Map([...lists].map(([name, list]) => [name, new VisibleFrom(list)]))
    byGateway.set(rules, index)
  }
  return index
}

/** VirtualServices bound to a gateway (`namespace/name`, or 'mesh') that a namespace may see, oldest first. */
export function virtualServicesFor(
  mesh: Mesh,
  gateway: string,
  namespace: string,
  sidecar?: SidecarScope,
): readonly VirtualService[] {
  const some = indexOf(mesh.virtualServices).get(gateway)?.candidates(namespace, sidecar) ?? []
  return some.filter(vs => exportedTo(vs.exportTo, vs.namespace, namespace))
}

/** VirtualServices of the sidecars of one view, found by host. */
export interface MeshVirtualServices {
  /** The one that holds for a host: of its exact name before the narrowest wildcard; the oldest of equals. */
  find(host: string): VirtualService | undefined
  /** Hosts that some VirtualService names, each with the one that holds. */
  readonly hosts: ReadonlyMap<string, VirtualService>
}

/** By the table of rules, and in it by the Sidecar (or none) and the namespace: what another change leaves as it is. */
const meshServices = new WeakMap<
  readonly VirtualService[],
  Map<SidecarScope | undefined, Map<string, MeshVirtualServices>>
>()

export function meshVirtualServices({ mesh, view, sidecar }: Scope): MeshVirtualServices {
  const bySidecar =
    meshServices.get(mesh.virtualServices) ?? new Map<SidecarScope | undefined, Map<string, MeshVirtualServices>>()
  meshServices.set(mesh.virtualServices, bySidecar)
  const byNamespace = bySidecar.get(sidecar) ?? new Map<string, MeshVirtualServices>()
  bySidecar.set(sidecar, byNamespace)
  let found = byNamespace.get(view.namespace)
  if (!found) {
    found = seenFrom(mesh, view.namespace, sidecar)
    byNamespace.set(view.namespace, found)
  }
  return found
}

function seenFrom(mesh: Mesh, namespace: string, sidecar: SidecarScope | undefined): MeshVirtualServices {
  const hosts = new Map<string, VirtualService>()
  for (const vs of virtualServicesFor(mesh, 'mesh', namespace, sidecar)) {
    for (const host of vs.hosts) {
      if (hosts.has(host)) continue
      if (sidecar && !inEgress(sidecar, namespace, vs.namespace, host)) continue
      hosts.set(host, vs)
    }
  }
  const wild = [...hosts.keys()].filter(isWildcard).sort(bySpecificity)
  return {
    hosts,
    find: host => {
      const exact = hosts.get(host)
      if (exact) return exact
      const pattern = wild.find(w => covers(w, host))
      return pattern === undefined ? undefined : hosts.get(pattern)
    },
  }
}
