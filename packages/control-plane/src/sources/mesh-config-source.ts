import { type KubeObject, kinds } from '@isthmus/kubernetes'
import { ApiSource, type ApiSourceOptions, type SourceStatus } from './api-source.ts'
import { Credentials } from './credentials.ts'
import type { MeshBuilder } from './mesh-builder.ts'

export interface MeshConfigSourceOptions extends Omit<ApiSourceOptions, 'name'> {
  readonly name?: string
  readonly builder: MeshBuilder
  readonly onStatus?: (status: SourceStatus) => void
}

/** Kinds of the mesh's own API that make up its configuration. */
const configurationKinds = [
  kinds.Gateway,
  kinds.VirtualService,
  kinds.DestinationRule,
  kinds.ServiceEntry,
  kinds.WorkloadEntry,
  kinds.Sidecar,
  kinds.RegionalTrafficPolicy,
]

/**
 * The mesh's own API: Istio's kinds, RegionalTrafficPolicy, and those Secrets of istio-system that a Gateway names.
 * Returns when watching has begun; `ready` tells when the rules are known.
 */
export async function meshConfigSource(options: MeshConfigSourceOptions): Promise<MeshConfigSource> {
  const { builder } = options
  const namespace = builder.mesh.config.rootNamespace
  const credentials = new Credentials(builder)
  const source = new ApiSource(
    [...configurationKinds.map(kind => ({ kind })), { kind: kinds.Secret, namespace }],
    {
      replace(kind, objects) {
        if (kind === 'Secret') credentials.replace(objects)
        else builder.replace('', kind, objects)
      },
      set(object: KubeObject) {
        if (object.kind === 'Secret') credentials.set(object)
        else builder.set('', object)
      },
      delete(object: KubeObject) {
        if (object.kind === 'Secret') credentials.delete(object)
        else builder.delete('', object)
      },
      status: s => options.onStatus?.(s),
    },
    // Secrets nobody names are other people's: they are not written down.
    { ...options, name: options.name ?? 'mesh', keep: o => o.kind !== 'Secret' || credentials.names(o) },
  )
  await source.start()
  return {
    ready: source.ready,
    get status() {
      return source.status
    },
    async stop() {
      credentials.stop()
      await source.stop()
    },
  }
}

export interface MeshConfigSource {
  readonly ready: Promise<void>
  readonly status: SourceStatus
  stop(): Promise<void>
}
