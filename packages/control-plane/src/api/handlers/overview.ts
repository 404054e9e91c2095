import type { Overview, RegionStatus } from '@isthmus/api'
import type { Handlers } from '../call.ts'
import type { ApiParts } from '../parts.ts'
import { bySeverity, shownFinding } from '../views/findings.ts'
import { matrixFor } from '../views/measured.ts'
import { attention, clusterRows, gatewayRows, regionStatuses } from '../views/overview.ts'
import { finder, page } from '../views/page.ts'
import { serviceNamed } from '../views/standpoint.ts'

type Served = Pick<Handlers, 'getOverview' | 'getMatrix' | 'listRegions' | 'listEvents' | 'listFindings'>

export function overviewHandlers(parts: ApiParts): Served {
  // Until a region has been looked at, it is as it is since this began.
  const began = parts.clock.now()
  const gateways = () =>
    gatewayRows(parts.proxies(), parts.regionOf, parts.gatewayAddresses(), parts.telemetry.senders())
  const regions = (list: Overview['gateways']): RegionStatus[] =>
    regionStatuses({
      mesh: parts.mesh(),
      standings: parts.telemetry.regionStates(),
      sent: parts.telemetry.senders(),
      gateways: list,
      began,
    })
  return {
    async getOverview() {
      const mesh = parts.mesh()
      const proxies = parts.proxies()
      const list = gateways()
      const statuses = regions(list)
      const clusters = clusterRows(mesh)
      let endpoints = 0
      for (const each of mesh.endpoints.values()) endpoints += each.length
      return {
        at: parts.clock.now(),
        regions: statuses,
        clusters,
        gateways: list,
        flows: await matrixFor(parts, {}),
        attention: attention(statuses, clusters, proxies, parts.findings()),
        counts: {
          services: mesh.services.size,
          endpoints,
          proxies: proxies.length,
          proxiesBehind: proxies.filter(p => !p.inStep).length,
          proxiesRefusing: proxies.filter(p => p.types.some(t => t.nacked)).length,
        },
      }
    },
    getMatrix: ({ query }) =>
      matrixFor(parts, {
        ...(query.service !== undefined && { service: serviceNamed(parts.mesh(), query.service).hostname }),
        ...(query.window !== undefined && { windowSeconds: query.window }),
      }),
    listRegions: () => ({ regions: regions(gateways()) }),
    listEvents({ query }) {
      const { service, ...rest } = query
      const host = service === undefined ? undefined : (parts.mesh().services.get(service)?.hostname ?? service)
      return parts.telemetry.events({ ...rest, ...(host !== undefined && { service: host }) })
    },
    listFindings({ query }) {
      const fits = finder(query.search)
      const chosen = parts
        .findings()
        .filter(
          ({ origin, message, code }) =>
            (query.kind === undefined || origin.kind === query.kind) &&
            (query.namespace === undefined || origin.namespace === query.namespace) &&
            (query.name === undefined || origin.name === query.name) &&
            fits(`${code} ${origin.kind} ${origin.namespace}/${origin.name} ${message}`),
        )
        .toSorted(bySeverity)
      const { rows, ...rest } = page(chosen, query)
      return { ...rest, findings: rows.map(shownFinding) }
    },
  }
}
