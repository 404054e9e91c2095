import { hash } from 'node:crypto'
import type { DescMessage, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import { encode } from '@isthmus/envoy-api/encode'
import { Cluster_DiscoveryType, type ClusterSchema } from '@isthmus/envoy-api/envoy/config/cluster/v3/cluster'
import { contentOf, type Init, type TranslatedResource } from '../translate/translated.ts'
import { type Resource, typeUrls } from './resource.ts'

/** To bytes, what translation has not written straight from the model (`TranslatedResource.written`). */
export type Encoder = <D extends DescMessage>(schema: D, message: MessageShape<D> | MessageInitShape<D>) => Uint8Array

/** 96 bits: a resource changes with certainty enough, and a version costs 16 bytes on the wire. */
export function contentHash(bytes: Uint8Array): string {
  // Written to its length: a part of a longer text would keep that text.
  return hash('sha256', bytes, 'buffer').toString('base64url', 0, 12)
}

/** Throws where a value does not fit its protobuf type. */
export function encodeResource(t: TranslatedResource, encoder: Encoder = encode): Resource {
  const bytes = t.written?.bytes ?? encoder(t.schema, contentOf(t))
  const endpointSet =
    t.typeUrl === typeUrls.cluster ? endpointSetOf(contentOf(t) as Init<typeof ClusterSchema>) : undefined
  return {
    typeUrl: t.typeUrl,
    name: t.name,
    bytes,
    version: contentHash(bytes),
    origins: t.origins,
    ...(endpointSet !== undefined && { endpointSet }),
  }
}

function endpointSetOf(cluster: Init<typeof ClusterSchema>): string | undefined {
  const discovery = cluster.clusterDiscoveryType
  if (discovery?.case !== 'type' || discovery.value !== Cluster_DiscoveryType.EDS) return undefined
  return cluster.edsClusterConfig?.serviceName || cluster.name
}
