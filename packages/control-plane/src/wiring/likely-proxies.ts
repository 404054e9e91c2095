import { type Endpoint, localityText, type Mesh, type ProxyNode, type Redirect } from '../model/index.ts'

/**
 * A sidecar of each place (cluster, namespace, locality, network) that has endpoints, as one of its pods would say it is; first
 * those of the places that have most.
 */
export function likelyProxies(mesh: Mesh, redirect: Redirect): readonly ProxyNode[] {
  const places = new Map<string, { readonly one: Endpoint; times: number }>()
  for (const endpoints of mesh.endpoints.values()) {
    for (const one of endpoints) {
      const place = [one.cluster, one.namespace, localityText(one.locality), one.network].join('\n')
      const known = places.get(place)
      if (known) known.times++
      else places.set(place, { one, times: 1 })
    }
  }
  const most = [...places.values()]
  return most.sort((a, b) => b.times - a.times).map(({ one }) => proxyBeside(one, mesh.config.domain, redirect))
}

function proxyBeside(endpoint: Endpoint, domain: string, redirect: Redirect): ProxyNode {
  const { cluster, namespace, locality, network, labels, serviceAccount } = endpoint
  const id = `sidecar~~likely.${namespace}~${namespace}.svc.${domain}`
  return {
    ...{ id, kind: 'sidecar', pod: 'likely', ip: '', envoyVersion: '', redirect },
    ...{ cluster, namespace, locality, network, labels, serviceAccount },
  }
}
