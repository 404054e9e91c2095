import type { Mesh, ProxyView, SidecarView } from '../model/index.ts'
import { serviceClusters } from './cluster-cache.ts'
import { blackHole, passthrough } from './cluster-fallback.ts'
import { inboundPassthrough, inboundServiceCluster } from './cluster-inbound.ts'
import { decisionFindings, type ServiceFindings } from './decision-findings.ts'
import { gatewayResources } from './gateway.ts'
import { outboundListeners } from './listener-outbound.ts'
import { inboundPorts, virtualInboundListener, virtualOutboundListener } from './listener-virtual.ts'
import { outboundRoutes } from './route-outbound.ts'
import { type Scope, scopeOf } from './scope.ts'
import type { Translated, TranslatedResource } from './translated.ts'

/**
 * Everything a proxy of this view should hold, except endpoints. Pure: the same view and mesh give the same messages, in the
 * same order. No endpoint is looked at, but those of services that Envoy resolves by DNS (see `endpointsInClusters`).
 */
export function translate(view: ProxyView, mesh: Mesh): Translated {
  const scope = scopeOf(view, mesh)
  return view.kind === 'sidecar' ? sidecar(scope, view) : gateway(scope)
}

function sidecar(scope: Scope, view: SidecarView): Translated {
  const { clusters, secrets, findings } = outboundClusters(scope)
  const redirected = view.redirect !== 'none'
  const inbound = redirected ? inboundPorts(view) : []
  return {
    clusters: [
      ...clusters,
      blackHole(),
      passthrough(view),
      ...inbound.map(port => inboundServiceCluster(view, port)),
      ...(redirected ? [inboundPassthrough(view)] : []),
    ],
    listeners: [
      ...outboundListeners(scope, view),
      ...(redirected ? [virtualOutboundListener(scope.mesh.config), virtualInboundListener(view)] : []),
    ],
    routes: outboundRoutes(scope),
    secrets: unique(secrets),
    findings,
  }
}

function gateway(scope: Scope): Translated {
  const { clusters, secrets, findings } = outboundClusters(scope)
  const own = gatewayResources(scope)
  return {
    clusters: [...clusters, blackHole()],
    listeners: own.listeners,
    routes: own.routes,
    secrets: unique([...secrets, ...own.secrets]),
    findings,
  }
}

/** The clusters of every visible service. */
function outboundClusters(scope: Scope) {
  const clusters: TranslatedResource[] = []
  const secrets: TranslatedResource[] = []
  const said: ServiceFindings[] = []
  for (const service of scope.services()) {
    for (const made of serviceClusters(scope, service)) {
      clusters.push(made.cluster)
      for (const secret of made.secrets) secrets.push(secret)
      if (made.findings.length > 0) said.push({ hostname: service.hostname, findings: made.findings })
    }
  }
  return { clusters, secrets, findings: decisionFindings(scope.view, said) }
}

function unique(resources: readonly TranslatedResource[]): readonly TranslatedResource[] {
  const byName = new Map(resources.map(r => [r.name, r]))
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}
