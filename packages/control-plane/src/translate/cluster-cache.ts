import type { Service } from '../model/index.ts'
import { type OutboundCluster, outboundServiceCluster } from './cluster.ts'
import { endpointsInClusters } from './cluster-kind.ts'
import { Memory } from './memory.ts'
import type { Scope } from './scope.ts'
import { portsOf } from './services.ts'
import { settingsOf } from './settings.ts'

const memory = new Memory<readonly OutboundCluster[]>()

/** A cluster for each port of a service, and for each subset of it: those of an earlier mesh where nothing they are made of has changed. */
export function serviceClusters(scope: Scope, service: Service): readonly OutboundCluster[] {
  const { mesh, view } = scope
  const rule = scope.rule(service)
  const endpoints = endpointsInClusters(service) ? mesh.endpoints.get(service.hostname) : undefined
  return memory.recall(view, service, [settingsOf(mesh), rule, endpoints], () => {
    const subsets = [undefined, ...(rule?.subsets ?? []).map(s => s.name)]
    return portsOf(service).flatMap(port => subsets.map(s => outboundServiceCluster(scope, service, port, s)))
  })
}
