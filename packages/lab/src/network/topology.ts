/** What the network is to be, in the cloud's own nouns: the input of the plan. Ranges are canonical (`10.0.0.0/16`). */
export interface Topology {
  readonly vpcs: readonly Vpc[]
  readonly vSwitches: readonly VSwitch[]
  readonly transitRouters: readonly TransitRouter[]
  readonly vpcAttachments: readonly VpcAttachment[]
  readonly peerAttachments: readonly PeerAttachment[]
  readonly podRanges: readonly PodRange[]
  readonly groups: readonly Group[]
  readonly hosts: readonly Host[]
}

export interface Vpc {
  readonly name: string
  readonly cidr: string
}

export interface VSwitch {
  readonly name: string
  readonly vpc: string
  readonly cidr: string
}

export interface TransitRouter {
  readonly name: string
}

export interface VpcAttachment {
  readonly name: string
  readonly transitRouter: string
  readonly vpc: string
}

export interface PeerAttachment {
  readonly name: string
  readonly transitRouter: string
  readonly peerTransitRouter: string
  /** Bits a second, each way. */
  readonly rate: number
}

/** Pod addresses outside every vSwitch (flannel), which CEN propagates from the VPC like its own range. */
export interface PodRange {
  readonly vpc: string
  readonly cidr: string
}

export interface Group {
  readonly name: string
  readonly rules: readonly GroupRule[]
}

export interface GroupRule {
  readonly protocol: 'All' | 'TCP' | 'UDP' | 'ICMP'
  /** First and last port, for TCP and UDP; all when it is not there. */
  readonly ports?: readonly [number, number]
  readonly source: string
}

/** A namespace with an address on a vSwitch: a node, a cluster's API server, the mesh instance. */
export interface Host {
  /** Its namespace's name. */
  readonly name: string
  readonly vSwitch: string
  readonly address: string
  /** The addresses of its pods, which the VPC's route table sends to it. */
  readonly podBlock?: string
  readonly group?: string
}
