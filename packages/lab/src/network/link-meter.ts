import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { deviceName, routerNamespace } from './names.ts'
import type { PeerAttachment } from './topology.ts'

/** Bits per second that an inter-region connection carried, each way, over the time before. */
export interface LinkTraffic {
  /** From transitRouter to peerTransitRouter. */
  readonly sentBitsPerSecond: number
  readonly receivedBitsPerSecond: number
  readonly measuredAt: number
}

interface Counters {
  readonly sent: number
  readonly received: number
  readonly at: number
}

/** Reads the kernel's own counters of the connections' devices, and says what went over them since the reading before. */
export class LinkMeter {
  #before = new Map<string, Counters>()

  /** By attachment. A connection has no figure before its second reading, nor where its device cannot be read. */
  async read(attachments: readonly PeerAttachment[]): Promise<ReadonlyMap<string, LinkTraffic>> {
    const now = new Map<string, Counters>()
    await Promise.all(
      attachments.map(async attachment => {
        const counters = await countersOf(attachment).catch(() => undefined)
        if (counters) now.set(attachment.name, counters)
      }),
    )
    const before = this.#before
    this.#before = now
    return new Map(
      [...now].flatMap(([name, counters]) => {
        const traffic = trafficBetween(before.get(name), counters)
        return traffic ? [[name, traffic] as const] : []
      }),
    )
  }
}

/** Undefined without an earlier reading, or where the counters began anew (the device is another one). */
export function trafficBetween(before: Counters | undefined, now: Counters): LinkTraffic | undefined {
  if (!before || now.at <= before.at || now.sent < before.sent || now.received < before.received) return undefined
  const perSecond = (bytes: number) => Math.round((bytes * 8 * 1000) / (now.at - before.at))
  return {
    sentBitsPerSecond: perSecond(now.sent - before.sent),
    receivedBitsPerSecond: perSecond(now.received - before.received),
    measuredAt: now.at,
  }
}

async function countersOf({ name, transitRouter }: PeerAttachment): Promise<Counters> {
  const [namespace, device] = [routerNamespace(transitRouter), deviceName(`px-${name}`)]
  const { stdout } = await promisify(execFile)('ip', ['-n', namespace, '-s', '-j', 'link', 'show', 'dev', device])
  const [link] = JSON.parse(stdout) as { stats64: { rx: { bytes: number }; tx: { bytes: number } } }[]
  if (!link) throw new Error(`no device ${device}`)
  return { sent: link.stats64.tx.bytes, received: link.stats64.rx.bytes, at: Date.now() }
}
