import type { Service } from '../model/index.ts'
import { type OutboundCluster, outboundServiceCluster } from './cluster.ts'
import { clusterDecisionParts } from './cluster-decision.ts'
import { endpointsInClusters } from './cluster-kind.ts'
import { kinOf, Memory, SharedMemory } from './memory.ts'
import type { Scope } from './scope.ts'
import { portsOf } from './services.ts'
import { settingsOf } from './settings.ts'

const memory = new Memory<readonly OutboundCluster[]>()
const shared = new SharedMemory<readonly OutboundCluster[]>()

/**
 * A cluster for each port of a service, and for each subset of it: those of an earlier mesh, or of a view elsewhere, where
 * nothing they are made of is different.
 */
export function serviceClusters(scope: Scope, service: Service): readonly OutboundCluster[] {
  const { mesh, view } = scope
  const rule = scope.rule(service)
  const resolved = endpointsInClusters(service)
  const from = [settingsOf(mesh), rule, resolved ? mesh.endpoints.get(service.hostname) : undefined]
  return memory.recall(view, service, from, () => {
    const subsets = [undefined, ...(rule?.subsets ?? []).map(s => s.name)]
    const places = portsOf(service).flatMap(port => subsets.map(subset => ({ port, subset })))
    const make = () => places.map(({ port, subset }) => outboundServiceCluster(scope, service, port, subset))
    // Endpoints inside the cluster are in the order of the view's own place.
    if (resolved) return make()
    const decided = places.map(({ port, subset }) => clusterDecisionParts(scope.decision(service, port.number, subset)))
    // A credential is looked for in the client's namespace.
    const credential = places.some(
      ({ port, subset }) => scope.policy(service, port.number, subset)?.tls?.credentialName,
    )
    const seen = [kinOf(view), credential ? view.namespace : '', ...decided]
    return shared.recall(service, seen, from, make)
  })
}
