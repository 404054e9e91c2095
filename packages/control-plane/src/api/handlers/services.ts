import { parseLocality, type Service } from '../../model/index.ts'
import type { Handlers } from '../call.ts'
import type { ApiParts } from '../parts.ts'
import { refOf } from '../views/findings.ts'
import { matrixFor } from '../views/measured.ts'
import { finder, page } from '../views/page.ts'
import { serviceRegions } from '../views/service-regions.ts'
import { endpointRow, findingCounts, findingsOf, rulesOf, serviceRow, subsetsOf } from '../views/services.ts'
import { explainService, serviceNamed } from '../views/standpoint.ts'

type Served = Pick<Handlers, 'listServices' | 'getService' | 'getServiceSeries' | 'explain'>

export function serviceHandlers(parts: ApiParts): Served {
  return {
    listServices({ query }) {
      const mesh = parts.mesh()
      const fits = finder(query.search)
      const rates = parts.telemetry.services()
      const counts = findingCounts(parts.findings(), mesh.config.domain)
      const row = (s: Service) => serviceRow(mesh, s, rates.get(s.hostname), counts.get(s.hostname) ?? 0)
      const keys = {
        name: () => 0,
        requests: (s: Service) => -(rates.get(s.hostname)?.requestsPerSecond ?? 0),
        errors: (s: Service) => -(rates.get(s.hostname)?.errorPercent ?? 0),
        health: (s: Service) => {
          const { endpoints, healthy } = row(s)
          return endpoints === 0 ? 1 : healthy / endpoints
        },
      }
      const key = keys[query.sort ?? 'name']
      const chosen = [...mesh.services.values()]
        .filter(
          s =>
            (query.namespace === undefined || s.namespace === query.namespace) &&
            fits(s.hostname) &&
            (query.region === undefined ||
              (mesh.endpoints.get(s.hostname) ?? []).some(e => e.locality.region === query.region)),
        )
        .map(service => ({ service, key: key(service) }))
        .sort((a, b) => a.key - b.key || (a.service.hostname < b.service.hostname ? -1 : 1))
      const { rows, ...rest } = page(chosen, query)
      return { ...rest, at: parts.clock.now(), services: rows.map(({ service }) => row(service)) }
    },

    async getService({ params }) {
      const mesh = parts.mesh()
      const service = serviceNamed(mesh, params.service)
      const rules = rulesOf(mesh, service)
      const findings = findingsOf(service, rules, parts.findings())
      return {
        at: parts.clock.now(),
        service: serviceRow(mesh, service, parts.telemetry.services().get(service.hostname), findings.length),
        endpoints: (mesh.endpoints.get(service.hostname) ?? []).map(endpointRow),
        subsets: subsetsOf(mesh, service),
        rules: rules.map(refOf),
        findings,
        regions: serviceRegions(mesh, service),
        matrix: await matrixFor(parts, { service: service.hostname }),
      }
    },

    getServiceSeries({ params, query }) {
      const { hostname } = serviceNamed(parts.mesh(), params.service)
      return parts.telemetry.series({ service: hostname, windowMs: (query.window ?? 300) * 1000 })
    },

    explain({ query }) {
      const said = explainService(parts.mesh(), query.service, {
        from: parseLocality(query.from ?? ''),
        role: query.role ?? 'sidecar',
        port: query.port,
      })
      const { decidedBy, ...rest } = said
      return {
        ...rest,
        ...(decidedBy !== undefined && { decidedBy }),
        regions: said.regions.map(r => ({ ...r })),
        destinations: said.destinations.map(d => ({ ...d, locality: { ...d.locality } })),
        reasons: [...said.reasons],
        changes: [...said.changes],
        findings: said.findings.map(f => ({ ...f })),
      }
    },
  }
}
