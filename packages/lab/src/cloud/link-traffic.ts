import { isDeepStrictEqual } from 'node:util'
import type { KubeClient } from '@isthmus/kubernetes'
import { LinkMeter } from '../network/link-meter.ts'
import type { PeerAttachment } from '../network/topology.ts'
import { type CloudObject, cloudApiVersion } from './resources.ts'

/** Milliseconds between two readings. */
const meterMs = 5_000

/**
 * Writes onto each inter-region connection's status what went over it, for as long as the process lives. Beside the world's
 * loop: a figure is no reason for a round of it.
 */
export function showLinkTraffic(client: KubeClient, attachments: () => readonly PeerAttachment[]): void {
  const meter = new LinkMeter()
  setInterval(async () => {
    for (const [name, { measuredAt, ...rates }] of await meter.read(attachments())) {
      const traffic = { ...rates, measuredAt: new Date(measuredAt).toISOString() }
      const kind = { apiVersion: cloudApiVersion, kind: 'TransitRouterPeerAttachment' }
      // A figure that is lost is followed by another.
      await client.patchStatus(kind, { name }, { traffic }).catch(() => {})
    }
  }, meterMs).unref()
}

/** Whether two states of one object differ in nothing but what was measured. */
export function sameButTraffic(a: CloudObject, b: CloudObject): boolean {
  return isDeepStrictEqual(withoutTraffic(a), withoutTraffic(b))
}

function withoutTraffic({ metadata, status, ...rest }: CloudObject) {
  const {
    resourceVersion: _,
    managedFields: __,
    ...identity
  } = metadata as typeof metadata & { managedFields?: unknown }
  const { traffic: ___, ...said } = status ?? {}
  return { ...rest, metadata: identity, status: said }
}
