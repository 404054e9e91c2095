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
  readonly stateDir?: string
  readonly inventoryKubeconfig?: string
  readonly redirect: string
  readonly logLevel: string
}
