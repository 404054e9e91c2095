import type { Mesh, MeshConfig, ProxyView, Service, SidecarView } from '../model/index.ts'
import type { OutboundCluster } from './cluster.ts'
import { serviceClusters } from './cluster-cache.ts'
import { blackHole, passthrough } from './cluster-fallback.ts'
import { inboundPassthrough, inboundServiceCluster } from './cluster-inbound.ts'
import { decisionFindings, type ServiceFindings } from './decision-findings.ts'
import { FollowedList } from './followed-list.ts'
import { gatewayResources } from './gateway.ts'
import { JoinedLists } from './joined-lists.ts'
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
  const own = ownResources(view, scope.mesh.config)
  return {
    clusters: clusterLists.join(view, clusters, own.clusters),
    listeners: listenerLists.join(view, outboundListeners(scope, view), own.listeners),
    routes: outboundRoutes(scope),
    secrets,
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

const clusterLists = new JoinedLists<TranslatedResource>()
const listenerLists = new JoinedLists<TranslatedResource>()

interface OwnResources {
  readonly config: MeshConfig
  readonly clusters: readonly TranslatedResource[]
  readonly listeners: readonly TranslatedResource[]
}

const ownOf = new WeakMap<SidecarView, OwnResources>()

/** What a sidecar has whatever services there are: made once. */
function ownResources(view: SidecarView, config: MeshConfig): OwnResources {
  const known = ownOf.get(view)
  if (known?.config === config) return known
  const redirected = view.redirect !== 'none'
  const inbound = redirected ? inboundPorts(view) : []
  const made: OwnResources = {
    config,
    clusters: [
      blackHole(),
      passthrough(view),
      ...inbound.map(port => inboundServiceCluster(view, port)),
      ...(redirected ? [inboundPassthrough(view)] : []),
    ],
    listeners: redirected ? [virtualOutboundListener(config), virtualInboundListener(view, config)] : [],
  }
  ownOf.set(view, made)
  return made
}

interface OutboundClusters {
  readonly clusters: readonly TranslatedResource[]
  readonly secrets: readonly TranslatedResource[]
  readonly said: readonly ServiceFindings[]
}

const ofServices = new FollowedList<Service, readonly OutboundCluster[]>()
const together = new WeakMap<readonly (readonly OutboundCluster[])[], OutboundClusters>()

/** The clusters of every visible service. */
function outboundClusters(scope: Scope) {
  const services = scope.services()
  const made = ofServices.follow(
    scope,
    services,
    (service, _made, hosts) => hosts.has(service.hostname),
    service => serviceClusters(scope, service),
  )
  let all = together.get(made)
  if (!all) {
    all = gathered(services, made)
    together.set(made, all)
  }
  const { clusters, secrets, said } = all
  return { clusters, secrets, findings: decisionFindings(scope.view, said) }
}

function gathered(services: readonly Service[], made: readonly (readonly OutboundCluster[])[]): OutboundClusters {
  const clusters: TranslatedResource[] = []
  const secrets: TranslatedResource[] = []
  const said: ServiceFindings[] = []
  for (let i = 0; i < made.length; i++) {
    for (const { cluster, secrets: needed, findings } of made[i]!) {
      clusters.push(cluster)
      for (const secret of needed) secrets.push(secret)
      if (findings.length > 0) said.push({ hostname: services[i]!.hostname, findings })
    }
  }
  return { clusters, secrets: unique(secrets), said }
}

function unique(resources: readonly TranslatedResource[]): readonly TranslatedResource[] {
  const byName = new Map(resources.map(r => [r.name, r]))
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}
