import { ClusterLoadAssignmentSchema } from '@isthmus/envoy-api/envoy/config/endpoint/v3/endpoint'
import type {
  LbEndpointSchema,
  LocalityLbEndpointsSchema,
} from '@isthmus/envoy-api/envoy/config/endpoint/v3/endpoint_components'
import { type Endpoint, type Mesh, type ProxyView, type Service, type ServicePort, selects } from '../model/index.ts'
import type { LocalityGroup } from '../regions/decision.ts'
import { arrange } from '../regions/index.ts'
import { socketAddress } from './address.ts'
import { clusterKind } from './cluster-kind.ts'
import { type EndpointSet, endpointBytes, endpointWeight, healthStatus, workloadText } from './endpoint-bytes.ts'
import { Memory } from './memory.ts'
import { outboundCluster, parseOutboundCluster } from './names.ts'
import { countsSentRequests } from './request-metrics.ts'
import { type Scope, scopeOf } from './scope.ts'
import { portsOf } from './services.ts'
import { settingsOf } from './settings.ts'
import { type Init, resource, type TranslatedResource, writtenResource } from './translated.ts'

type Assignment = Init<typeof ClusterLoadAssignmentSchema>
type TranslatedAssignment = TranslatedResource<typeof ClusterLoadAssignmentSchema>

/**
 * Endpoints of one EDS cluster. An unknown service, port or subset gives an assignment without endpoints: Envoy then
 * answers 503 instead of waiting for ever. The same object for all views that call alike.
 */
export function translateEndpoints(view: ProxyView, mesh: Mesh, clusterName: string): TranslatedAssignment {
  const name = parseOutboundCluster(clusterName)
  const service = name && mesh.services.get(name.hostname)
  const port = service && portsOf(service).find(p => p.number === name?.port)
  if (!name || !service || !port) return resource(ClusterLoadAssignmentSchema, clusterName, { clusterName }, [])
  const scope = scopeOf(view, mesh)
  const from = [settingsOf(mesh), service, scope.rule(service), mesh.endpoints.get(service.hostname)]
  const { subset } = name
  if (!subset) return ofPorts.recall(scope.view, port, from, () => makeAssignment(scope, service, port, undefined))
  const bySubset = ofSubsets.recall(scope.view, port, from, () => new Map<string, TranslatedAssignment>())
  let made = bySubset.get(subset)
  if (!made) {
    made = makeAssignment(scope, service, port, subset)
    bySubset.set(subset, made)
  }
  return made
}

const ofPorts = new Memory<TranslatedAssignment>()
/** Those of a port's subsets. */
const ofSubsets = new Memory<Map<string, TranslatedAssignment>>()

function makeAssignment(scope: Scope, service: Service, port: ServicePort, subset: string | undefined) {
  const set = endpointSet(scope, service, port, subset)
  const rule = subset ? (scope.rule(service)?.origins ?? []) : []
  const origins = [...service.origins, ...rule]
  const bytes = endpointBytes(set)
  return writtenResource(ClusterLoadAssignmentSchema, set.clusterName, bytes, () => initOf(set), origins)
}

/** Names of the EDS clusters of a view that hold endpoints of a host: what an endpoint change of it touches. */
export function clustersOf(view: ProxyView, mesh: Mesh, hostname: string): readonly string[] {
  const scope = scopeOf(view, mesh)
  const service = scope.service(hostname)
  if (!service) return []
  const subsets = ['', ...(scope.rule(service)?.subsets ?? []).map(s => s.name)]
  return portsOf(service).flatMap(port =>
    subsets
      .filter(
        subset => clusterKind(view, service, port, scope.policy(service, port.number, subset || undefined)) === 'eds',
      )
      .map(subset => outboundCluster(hostname, port.number, subset)),
  )
}

/** The ClusterLoadAssignment of a port, or of a subset of it, as a part of a cluster. */
export function assignment(scope: Scope, service: Service, port: ServicePort, subset: string | undefined): Assignment {
  return initOf(endpointSet(scope, service, port, subset))
}

/** The endpoints of a port, or of a subset of it, in the order regional policy decided. */
function endpointSet(scope: Scope, service: Service, port: ServicePort, subset: string | undefined): EndpointSet {
  const selector = subset === undefined ? undefined : scope.rule(service)?.subsets.find(s => s.name === subset)?.labels
  const all = scope.mesh.endpoints.get(service.hostname) ?? []
  const chosen = all.filter(
    e => e.portName === port.name && (subset === undefined || (selector !== undefined && selects(selector, e.labels))),
  )
  const decision = scope.decision(service, port.number, subset)
  const { overprovisioningFactor, localityWeighted } = decision
  return {
    clusterName: outboundCluster(service.hostname, port.number, subset),
    priorities: arrange(decision, chosen).priorities,
    overprovisioningFactor,
    localityWeighted,
    // Only metrics read it, and it is half of what an endpoint takes in a proxy.
    named: countsSentRequests(scope.view.kind, scope.mesh.config),
  }
}

/** The same as a message of protobuf-es, to be created. */
export function initOf(set: EndpointSet): Assignment {
  return {
    clusterName: set.clusterName,
    endpoints: set.priorities.flatMap((groups, priority) =>
      groups.map(group => localityEndpoints(group, priority, set)),
    ),
    policy: { overprovisioningFactor: set.overprovisioningFactor },
  }
}

function localityEndpoints(
  group: LocalityGroup,
  priority: number,
  { localityWeighted, named }: EndpointSet,
): Init<typeof LocalityLbEndpointsSchema> {
  const { region, zone, subzone } = group.locality
  return {
    locality: { region, zone, subZone: subzone },
    lbEndpoints: group.endpoints.map(e => lbEndpoint(e, named)),
    loadBalancingWeight: localityWeighted ? group.weight : undefined,
    priority,
  }
}

function lbEndpoint(e: Endpoint, named: boolean): Init<typeof LbEndpointSchema> {
  return {
    hostIdentifier: { case: 'endpoint', value: { address: socketAddress(e.address, e.port) } },
    healthStatus: healthStatus[e.health],
    loadBalancingWeight: endpointWeight(e),
    metadata: named ? { filterMetadata: { istio: { workload: workloadText(e) } } } : undefined,
  }
}
