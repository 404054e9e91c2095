import { PerPiece } from '../collections/index.ts'
import type { Mesh, MeshConfig, ProxyView, Service, SidecarView } from '../model/index.ts'
import type { OutboundCluster } from './cluster.ts'
import { serviceClusters } from './cluster-cache.ts'
import { blackHole, passthrough } from './cluster-fallback.ts'
import { inboundPassthrough, inboundServiceCluster } from './cluster-inbound.ts'
import { decisionFindings, type ServiceFindings } from './decision-findings.ts'
import { FollowedList } from './followed-list.ts'
import { gatewayResources } from './gateway.ts'
import { outboundListeners } from './listener-outbound.ts'
import { inboundPorts, virtualInboundListener, virtualOutboundListener } from './listener-virtual.ts'
import { outboundRoutes } from './route-outbound.ts'
import { type Scope, scopeOf } from './scope.ts'
import type { Translated, TranslatedPieces, TranslatedResource } from './translated.ts'

/**
 * Everything a proxy of this view should hold, except endpoints. Pure: the same view and mesh give the same messages, in the
 * same order. No endpoint is looked at, but those of services that Envoy resolves by DNS (see `endpointsInClusters`).
 */
export function translate(view: ProxyView, mesh: Mesh): Translated {
  const { clusters, listeners, routes, secrets, findings } = translatePieces(view, mesh)
  return {
    ...{ clusters: clusters.flat(), listeners: listeners.flat(), routes: routes.flat(), secrets: secrets.flat() },
    findings: findings?.() ?? [],
  }
}

/** For who follows a view from mesh to mesh, at a cost that follows the change. */
export function translatePieces(view: ProxyView, mesh: Mesh): TranslatedPieces {
  const scope = scopeOf(view, mesh)
  return view.kind === 'sidecar' ? sidecar(scope, view) : gateway(scope)
}

function sidecar(scope: Scope, view: SidecarView): TranslatedPieces {
  const { clusters, secrets, findings } = outboundClusters(scope)
  const own = ownResources(view, scope.mesh.config)
  return {
    clusters: [...clusters, own.clusters],
    listeners: [...outboundListeners(scope, view), own.listeners],
    routes: outboundRoutes(scope),
    secrets: [unique(secrets)],
    findings,
  }
}

function gateway(scope: Scope): TranslatedPieces {
  const { clusters, secrets, findings } = outboundClusters(scope)
  const own = gatewayResources(scope)
  return {
    clusters: [...clusters, [blackHole()]],
    listeners: [own.listeners],
    routes: [own.routes],
    secrets: [unique([...secrets, ...own.secrets])],
    findings,
  }
}

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

const ofServices = new FollowedList<Service, readonly OutboundCluster[]>()
const gatheredOf = new PerPiece<readonly OutboundCluster[], Gathered>()

interface Gathered {
  readonly clusters: readonly TranslatedResource[]
  readonly secrets: readonly TranslatedResource[]
  readonly said: readonly ServiceFindings[]
}

/** The clusters of every visible service. */
function outboundClusters(scope: Scope) {
  const services = scope.services()
  const made = ofServices.follow(scope, services, service => ({
    made: serviceClusters(scope, service),
    hosts: [service.hostname],
  }))
  const all = made.map((piece, i) => gatheredOf.of(piece, () => gathered(services[i]!, piece)))
  const said = all.map(piece => piece.said).filter(piece => piece.length > 0)
  return {
    clusters: all.map(piece => piece.clusters),
    secrets: all.flatMap(piece => piece.secrets),
    findings: decisionFindings(scope.view, said),
  }
}

function gathered(services: readonly Service[], made: readonly (readonly OutboundCluster[])[]): Gathered {
  const all = made.flat()
  return {
    clusters: all.map(({ cluster }) => cluster),
    secrets: all.flatMap(({ secrets }) => secrets),
    said: made.flatMap((clusters, i) =>
      clusters.flatMap(({ findings }) => (findings.length > 0 ? [{ hostname: services[i]!.hostname, findings }] : [])),
    ),
  }
}

function unique(resources: readonly TranslatedResource[]): readonly TranslatedResource[] {
  const byName = new Map(resources.map(r => [r.name, r]))
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}
