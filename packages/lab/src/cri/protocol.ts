import * as grpc from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'

/** The parts of the kubelet's CRI v1 messages this runtime reads or writes, by their names on the wire. */
export interface Metadata {
  readonly name: string
  readonly uid?: string
  readonly namespace?: string
  readonly attempt?: number
}

export type Labels = Readonly<Record<string, string>>

export interface DnsConfig {
  readonly servers: readonly string[]
  readonly searches: readonly string[]
  readonly options: readonly string[]
}

export interface SandboxConfig {
  readonly metadata: Metadata
  readonly hostname: string
  readonly log_directory: string
  readonly dns_config?: DnsConfig
  readonly labels: Labels
  readonly annotations: Labels
  readonly linux?: {
    readonly sysctls?: Readonly<Record<string, string>>
    readonly security_context?: { readonly namespace_options?: { readonly network?: string } }
  }
}

export interface Mount {
  readonly host_path: string
  readonly container_path: string
  readonly readonly: boolean
}

export interface Resources {
  /** Bytes; 0 or absent: no limit. A 64-bit integer comes as a string. */
  readonly memory_limit_in_bytes?: string
}

export interface ContainerConfig {
  readonly metadata: Metadata
  readonly image: { readonly image: string; readonly user_specified_image?: string }
  readonly command: readonly string[]
  readonly args: readonly string[]
  readonly working_dir: string
  readonly envs: readonly { readonly key: string; readonly value: string }[]
  readonly mounts: readonly Mount[]
  readonly labels: Labels
  readonly annotations: Labels
  readonly log_path: string
  readonly stdin: boolean
  readonly stdin_once: boolean
  readonly tty: boolean
  readonly linux?: {
    readonly resources?: Resources
    readonly security_context?: {
      readonly run_as_user?: { readonly value: string }
      readonly run_as_group?: { readonly value: string }
      readonly supplemental_groups?: readonly string[]
      readonly readonly_rootfs?: boolean
    }
  }
}

export interface Filter {
  readonly id?: string
  readonly state?: { readonly state: string }
  readonly pod_sandbox_id?: string
  readonly label_selector?: Labels
}

/** A call this runtime refuses; the kubelet shows its message on the pod. */
export class CallError extends Error {
  readonly code: grpc.status
  constructor(code: grpc.status, message: string) {
    super(message)
    this.code = code
  }
}

export const notFound = (what: string, id: string): CallError =>
  new CallError(grpc.status.NOT_FOUND, `no ${what} ${id}`)

/** The services of the CRI, from the `api.proto` that the kubelet in use was built with. */
export function loadServices(protoFile: string): { runtime: grpc.ServiceDefinition; image: grpc.ServiceDefinition } {
  const definition = loadSync(protoFile, { keepCase: true, longs: String, enums: String, defaults: true })
  const root = grpc.loadPackageDefinition(definition) as unknown as {
    runtime: { v1: Record<string, grpc.ServiceClientConstructor> }
  }
  const { RuntimeService, ImageService } = root.runtime.v1
  return { runtime: RuntimeService!.service, image: ImageService!.service }
}

/** The CRI's times: nanoseconds since the epoch, as a 64-bit integer in a string. */
export const nanoseconds = (ms: number): string => `${Math.round(ms * 1000)}000`
