/** What was seen from where the control plane runs, step by step; a step that was not reached is undefined. */
export interface Symptoms {
  /** The API's URL. */
  readonly server: string
  readonly host: string
  /** The address the host's name stands for; undefined where that is not known. */
  readonly address?: string
  readonly port: number
  readonly tcp: Reach
  readonly tls?: Handshake
  readonly api?: ApiAnswer
  /** What joining needs and the credentials do not allow: `create namespaces`. */
  readonly missingPermissions?: readonly string[]
  readonly facts?: ClusterFacts
}

export interface Reach {
  readonly kind: 'connected' | 'refused' | 'unreachable' | 'timeout' | 'reset' | 'dns'
  readonly detail: string
}

export interface Handshake {
  readonly kind: 'done' | 'timeout' | 'untrusted' | 'failed'
  readonly detail: string
}

export interface ApiAnswer {
  readonly kind: 'answered' | 'unauthorized' | 'notKubernetes' | 'failed' | 'timeout'
  readonly detail: string
}

/** What joining wants to know of a cluster. */
export interface ClusterFacts {
  readonly version: string
  readonly nodes: number
  /** Regions its nodes' labels name, sorted. */
  readonly regions: readonly string[]
  /** Nodes without a region label. */
  readonly unlabelled: readonly string[]
  readonly podCIDRs: readonly string[]
  readonly serviceCIDRs: readonly string[]
}
