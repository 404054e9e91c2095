/** Options of `isthmus serve`, as the command line gives them. */
export interface ServeOptions {
  readonly config?: string
  readonly kubeconfig?: string
  readonly context?: string
  readonly xdsAddress: string
  readonly plaintext?: boolean
  readonly advertise?: string
  readonly webhookAddress?: string
  readonly apiAddress?: string
  /** A unix socket for the HTTP API, in plain text: for a relay on this machine. */
  readonly apiSocket?: string
  readonly apiPlaintext?: boolean
  readonly apiTlsCert?: string
  readonly apiTlsKey?: string
  /** Of the mesh, as the console shows it. */
  readonly name: string
  /** The console says that this is a lab. */
  readonly lab?: boolean
  readonly stateDir?: string
  readonly inventoryKubeconfig?: string
  readonly redirect: string
  readonly logLevel: string
}
