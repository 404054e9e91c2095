import type { RegionalTraffic } from '@isthmus/api'
import type { Handlers } from '../call.ts'
import type { ApiParts } from '../parts.ts'
import { shownFinding } from '../views/findings.ts'
import { finder, page } from '../views/page.ts'
import { serviceRegions } from '../views/service-regions.ts'
import { regionsOf, serviceNamed } from '../views/standpoint.ts'

export function regionalTrafficHandlers(parts: ApiParts): Pick<Handlers, 'getRegionalTraffic'> {
  return {
    getRegionalTraffic({ query }) {
      const mesh = parts.mesh()
      const fits = finder(query.search)
      const services =
        query.service === undefined
          ? [...mesh.services.values()]
              .filter(s => s.location === 'internal' && fits(s.hostname))
              .sort((a, b) => (a.hostname < b.hostname ? -1 : 1))
          : [serviceNamed(mesh, query.service)]
      const { rows, ...rest } = page(services, query)
      return {
        ...rest,
        at: parts.clock.now(),
        regions: [...regionsOf(mesh)],
        policies: parts.objects.known('RegionalTrafficPolicy') as unknown as RegionalTraffic['policies'],
        findings: parts
          .findings()
          .filter(f => f.origin.kind === 'RegionalTrafficPolicy')
          .map(shownFinding),
        services: rows.map(service => serviceRegions(mesh, service)),
      }
    },
  }
}
