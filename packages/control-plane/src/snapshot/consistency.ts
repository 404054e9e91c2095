import { clone } from '@bufbuild/protobuf'
import { type RouteConfiguration, RouteConfigurationSchema } from '@isthmus/envoy-api/envoy/config/route/v3/route'
import type { TranslatedResource } from '../translate/translated.ts'
import { type Acceptance, type Report, reportAll } from './acceptance.ts'
import type { ResourceMap } from './diff.ts'
import { visitClusters } from './references.ts'
import type { Resource } from './resource.ts'

/** Istio's name for the cluster that answers 503: where a reference to a missing cluster is sent. */
const blackHole = 'BlackHoleCluster'

/**
 * A route configuration whose every cluster is there. A route to a missing cluster goes to the black hole, so that the
 * other routes of the configuration stay in step; without one, the configuration is held back.
 */
export function consistentRoute(
  t: TranslatedResource,
  before: Resource | undefined,
  clusters: ResourceMap,
  acceptance: Acceptance,
  report: Report,
): Resource | undefined {
  const resource = acceptance.accept(t, before, report)
  if (!resource) return undefined
  const missing = acceptance.references(resource).clusters.filter(name => !clusters.has(name))
  if (missing.length === 0) return resource
  const what = `route configuration ${t.name} sends to ${missing.join(', ')}, which is not there`
  reportAll(t, 'ISM3002', what, report, 'warning')
  if (!clusters.has(blackHole)) return before && holds(before, clusters, undefined, acceptance) ? before : undefined
  const message = clone(RouteConfigurationSchema, t.message as unknown as RouteConfiguration)
  visitClusters(message, name => (clusters.has(name) ? undefined : blackHole))
  return acceptance.accept({ ...t, message }, before, report)
}

/** A listener whose route configurations and clusters are all there; else the last good one, if that one still holds. */
export function consistentListener(
  t: TranslatedResource,
  before: Resource | undefined,
  clusters: ResourceMap,
  routes: ResourceMap,
  acceptance: Acceptance,
  report: Report,
): Resource | undefined {
  const resource = acceptance.accept(t, before, report)
  if (!resource || holds(resource, clusters, routes, acceptance)) return resource
  const references = acceptance.references(resource)
  const missing = [
    ...references.routes.filter(name => !routes.has(name)),
    ...references.clusters.filter(name => !clusters.has(name)),
  ]
  reportAll(t, 'ISM3002', `listener ${t.name} needs ${missing.join(', ')}, which is not there`, report)
  return before && holds(before, clusters, routes, acceptance) ? before : undefined
}

function holds(
  resource: Resource,
  clusters: ResourceMap,
  routes: ResourceMap | undefined,
  acceptance: Acceptance,
): boolean {
  const references = acceptance.references(resource)
  return (
    references.clusters.every(name => clusters.has(name)) &&
    (!routes || references.routes.every(name => routes.has(name)))
  )
}
