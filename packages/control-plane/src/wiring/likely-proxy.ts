import { type Endpoint, localityText, type Mesh, type ProxyNode, type Redirect } from '../model/index.ts'

/**
 * A sidecar of the place (cluster, namespace, locality) where most of the mesh's endpoints are, as one of their pods would say
 * it is; undefined where there are none. What other places are sent is nearly all the same.
 */
export function likelyProxy(mesh: Mesh, redirect: Redirect): ProxyNode | undefined {
  const places = new Map<string, number>()
  let most: Endpoint | undefined
  let times = 0
  for (const endpoints of mesh.endpoints.values()) {
    for (const endpoint of endpoints) {
      const { cluster, namespace, locality, network } = endpoint
      const place = [cluster, namespace, localityText(locality), network].join('\n')
      const n = (places.get(place) ?? 0) + 1
      places.set(place, n)
      if (n <= times) continue
      times = n
      most = endpoint
    }
  }
  if (!most) return undefined
  const { cluster, namespace, locality, network, labels, serviceAccount } = most
  const id = `sidecar~~likely.${namespace}~${namespace}.svc.${mesh.config.domain}`
  return {
    ...{ id, kind: 'sidecar', pod: 'likely', ip: '', envoyVersion: '', redirect },
    ...{ cluster, namespace, locality, network, labels, serviceAccount },
  }
}
