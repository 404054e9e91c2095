import { TrafficDirection } from '@isthmus/envoy-api/envoy/config/core/v3/base'
import { ListenerSchema } from '@isthmus/envoy-api/envoy/config/listener/v3/listener'
import { serverFamily } from '../model/index.ts'
import { socketAddress } from './address.ts'
import { type ChainInit, tlsInspector, withoutTakenMatches } from './filter-chain.ts'
import type { ServerGroup } from './gateway-servers.ts'
import { listenerName } from './names.ts'
import { resource, type TranslatedResource } from './translated.ts'

/** A gateway's listener on one port; undefined where nothing can be served on it yet (no route, no credential). */
export function gatewayListener(
  group: ServerGroup,
  chains: readonly ChainInit[],
): TranslatedResource<typeof ListenerSchema> | undefined {
  const filterChains = withoutTakenMatches(chains)
  if (filterChains.length === 0) return undefined
  const name = listenerName(group.address, group.port)
  const tls = group.servers.some(s => serverFamily(s.kind) === 'tls')
  return resource(
    ListenerSchema,
    name,
    {
      name,
      address: socketAddress(group.address, group.port),
      trafficDirection: TrafficDirection.OUTBOUND,
      filterChains,
      listenerFilters: tls ? [tlsInspector] : [],
      // A peer that connects and says nothing must not hold a slot for ever at the edge; Envoy's 15 s stands.
      continueOnListenerFiltersTimeout: false,
    },
    group.servers.map(s => s.gateway.origin),
  )
}
