import type { DiscoveryRequest } from '@isthmus/control-plane/xds/request.ts'

/** A request of one type that says nothing but what is given. */
export const discoveryRequest = (typeUrl: string, says: Partial<DiscoveryRequest> = {}): DiscoveryRequest => ({
  typeUrl,
  nonce: '',
  subscribe: [],
  unsubscribe: [],
  initialVersions: {},
  names: [],
  version: '',
  ...says,
})
