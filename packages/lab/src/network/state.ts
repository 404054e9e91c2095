/** The network as the kernel is to hold it. Namespace '' is the sandbox's first one. */
export interface NetworkState {
  readonly namespaces: ReadonlyMap<string, NamespaceState>
  readonly links: readonly Link[]
}

export interface NamespaceState {
  /** Hosts and the sandbox's own are ends; routers forward. */
  readonly role: 'root' | 'router' | 'host'
  readonly bridges: readonly string[]
  readonly addresses: readonly { readonly device: string; readonly address: string }[]
  readonly routes: readonly Route[]
  /** Bits a second by device, outgoing. */
  readonly rates: ReadonlyMap<string, number>
  /** An nftables table, as text. */
  readonly filter?: string
}

export interface Route {
  /** A range, or `default`. */
  readonly to: string
  readonly device?: string
  readonly via?: string
  readonly source?: string
  /** Dropped in silence. */
  readonly blackhole?: true
}

/** A virtual cable. */
export interface Link {
  readonly ends: readonly [LinkEnd, LinkEnd]
}

export interface LinkEnd {
  readonly namespace: string
  readonly device: string
  readonly bridge?: string
}
