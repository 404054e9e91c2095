import type { Handlers } from '../call.ts'
import type { ApiParts } from '../parts.ts'
import { clusterHandlers } from './clusters.ts'
import { gatewayHandlers } from './gateways.ts'
import { networkHandlers } from './network.ts'
import { objectHandlers } from './objects.ts'
import { overviewHandlers } from './overview.ts'
import { previewHandlers } from './preview.ts'
import { proxyHandlers } from './proxies.ts'
import { regionalTrafficHandlers } from './regional-traffic.ts'
import { serviceHandlers } from './services.ts'
import { sessionHandlers } from './session.ts'
import { statisticsHandlers } from './statistics.ts'
import { workloadHandlers } from './workloads.ts'

/** What answers each operation. */
export function allHandlers(parts: ApiParts): Handlers {
  return {
    ...sessionHandlers(parts),
    ...overviewHandlers(parts),
    ...serviceHandlers(parts),
    ...statisticsHandlers(parts),
    ...regionalTrafficHandlers(parts),
    ...previewHandlers(parts),
    ...objectHandlers(parts),
    ...clusterHandlers(parts),
    ...workloadHandlers(parts),
    ...networkHandlers(parts),
    ...gatewayHandlers(parts),
    ...statisticsHandlers(parts),
    ...proxyHandlers(parts),
  }
}
