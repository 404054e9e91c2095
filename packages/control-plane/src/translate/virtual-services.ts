import { bySpecificity, covers, isWildcard, type Mesh, type VirtualService } from '../model/index.ts'
import type { Scope } from './scope.ts'
import { exportedTo, inEgress } from './visibility.ts'

const byGateway = new WeakMap<readonly VirtualService[], ReadonlyMap<string, readonly VirtualService[]>>()

/** VirtualServices bound to a gateway (`namespace/name`, or 'mesh') that a namespace may see, oldest first. */
export function virtualServicesFor(mesh: Mesh, gateway: string, namespace: string): readonly VirtualService[] {
  let index = byGateway.get(mesh.virtualServices)
  if (!index) {
    const made = new Map<string, VirtualService[]>()
    for (const vs of mesh.virtualServices) {
      for (const name of new Set(vs.gateways)) {
        const list = made.get(name)
        if (list) list.push(vs)
        else made.set(name, [vs])
      }
    }
    index = made
    byGateway.set(mesh.virtualServices, index)
  }
  return (index.get(gateway) ?? []).filter(vs => exportedTo(vs.exportTo, vs.namespace, namespace))
}

/** VirtualServices of the sidecars of one view, found by host. */
export interface MeshVirtualServices {
  /** The one that holds for a host: of its exact name before the narrowest wildcard; the oldest of equals. */
  find(host: string): VirtualService | undefined
  /** Hosts that some VirtualService names, each with the one that holds. */
  readonly hosts: ReadonlyMap<string, VirtualService>
}

const meshServices = new WeakMap<Scope, MeshVirtualServices>()

export function meshVirtualServices(scope: Scope): MeshVirtualServices {
  const known = meshServices.get(scope)
  if (known) return known
  const { mesh, view, sidecar } = scope
  const hosts = new Map<string, VirtualService>()
  for (const vs of virtualServicesFor(mesh, 'mesh', view.namespace)) {
    for (const host of vs.hosts) {
      if (hosts.has(host)) continue
      if (sidecar && !inEgress(sidecar, view.namespace, vs.namespace, host)) continue
      hosts.set(host, vs)
    }
  }
  const wild = [...hosts.keys()].filter(isWildcard).sort(bySpecificity)
  const made: MeshVirtualServices = {
    hosts,
    find: host => {
      const exact = hosts.get(host)
      if (exact) return exact
      const pattern = wild.find(w => covers(w, host))
      return pattern === undefined ? undefined : hosts.get(pattern)
    },
  }
  meshServices.set(scope, made)
  return made
}
