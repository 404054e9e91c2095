import { IsthmusError } from '@isthmus/errors'
import type { MeshConfig } from '../model/index.ts'

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
  /** none, standard or full: see MeshConfig. */
  readonly requestMetrics?: string
  readonly logLevel: string
}

/** What the command line says of the mesh as a whole. Throws ISM5004. */
export function meshConfigOf({ requestMetrics = 'standard' }: ServeOptions): Partial<MeshConfig> {
  if (requestMetrics !== 'none' && requestMetrics !== 'standard' && requestMetrics !== 'full')
    throw new IsthmusError('ISM5004', `--request-metrics ${requestMetrics}: it is none, standard or full`)
  return { requestMetrics }
}
