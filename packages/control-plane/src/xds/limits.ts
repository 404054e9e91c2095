/** What one client may cost. Beyond it, its stream ends with RESOURCE_EXHAUSTED and says which limit it was. */
export interface XdsLimits {
  /** Bytes of one request. Envoy names every resource it has when it comes back, with versions. */
  readonly requestBytes: number
  /** Names one stream may subscribe to, over all types. */
  readonly subscriptions: number
  /** Types one stream may ask for. */
  readonly types: number
  /** Streams one connection may have at once. */
  readonly streamsPerConnection: number
  /** How long a client may read nothing of what it was sent, before its connection is dropped. Milliseconds. */
  readonly unreadMs: number
}

export const defaultLimits: XdsLimits = {
  requestBytes: 16 << 20,
  subscriptions: 100_000,
  types: 64,
  streamsPerConnection: 16,
  unreadMs: 60_000,
}
