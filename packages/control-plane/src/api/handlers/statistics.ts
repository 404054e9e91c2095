import type { Handlers } from '../call.ts'
import type { ApiParts } from '../parts.ts'
import { serviceNamed } from '../views/standpoint.ts'

/** What proxies are asked for when somebody looks. Where there is no cluster whose API could reach them, nobody is asked. */
export function statisticsHandlers(parts: ApiParts): Pick<Handlers, 'getServiceLatency' | 'getServiceEjections'> {
  const { clock, statistics } = parts
  return {
    async getServiceLatency({ params }) {
      const { hostname: service } = serviceNamed(parts.mesh(), params.service)
      if (statistics) return await statistics.latency(service)
      return { service, at: clock.now(), percentiles: [], responseCodes: [], asked: [] }
    },
    async getServiceEjections({ params }) {
      const { hostname: service } = serviceNamed(parts.mesh(), params.service)
      if (statistics) return await statistics.ejections(service)
      return { service, at: clock.now(), ejected: [], asked: [] }
    },
  }
}
