/** The two ways of a stream: DeltaAggregatedResources, and StreamAggregatedResources (state of the world). */
export type Mode = 'delta' | 'sotw'

/** A client's message on one type, in one form for both ways. */
export interface DiscoveryRequest {
  readonly typeUrl: string
  /** Nonce of the response this answers; '' where it answers none. */
  readonly nonce: string
  /** The client's own words when it refuses that response. */
  readonly error?: string
  /** Delta: names to add and to take away. */
  readonly subscribe: readonly string[]
  readonly unsubscribe: readonly string[]
  /** Delta, first request of a type: what the client has from an earlier stream, name to version. */
  readonly initialVersions: Readonly<Record<string, string>>
  /** State of the world: all names, and the version the client has. */
  readonly names: readonly string[]
  readonly version: string
}

/** What an answer did: kept for status and told to whoever listens. */
export type Receipt =
  | { readonly kind: 'subscribed' }
  | { readonly kind: 'ack'; readonly nonce: string }
  | { readonly kind: 'nack'; readonly nonce: string; readonly words: string; readonly refused: readonly Refusal[] }
  /** Answers a response that is not the last one: its subscriptions count (delta), its answer does not. */
  | { readonly kind: 'stale' }

/** A resource of a refused response. `certain` once it was refused alone. */
export interface Refusal {
  readonly name: string
  readonly version: string
  readonly certain: boolean
}
