/** A member cluster as the model sees it. */
export interface Cluster {
  readonly name: string
  /** The cluster's own region, for nodes that carry no label. */
  readonly region: string
  readonly network: string
  /** False until its first full list; then its objects count. */
  readonly synced: boolean
  /** Milliseconds since the epoch of the last word from its API; its age is shown, never just "synced". */
  readonly lastContact: number
  /** True while its API cannot be read: everything of it is kept as last known. */
  readonly stale: boolean
}
