/** What runs, as the status of resources and `lab status` tell it. */
export interface ClusterState {
  /** Where its start is; `Ready` when all its nodes are. */
  readonly phase: 'Starting' | 'Running' | 'Ready' | 'Failed'
  readonly message: string
  readonly privateEndpoint: string
  readonly publicEndpoint?: string
  readonly nodes: readonly NodeState[]
}

export interface NodeState {
  readonly name: string
  readonly address: string
  readonly podCIDR: string
  readonly ready: boolean
}

export interface MeshState {
  readonly phase: 'Starting' | 'Running' | 'Ready' | 'Failed'
  readonly message: string
  readonly privateEndpoint: string
  readonly publicEndpoint?: string
  /** The control plane's own API, on this machine. */
  readonly api?: string
  readonly discovery: string
  readonly restarts: number
}
