import { typeUrls } from '../../../packages/control-plane/src/snapshot/resource.ts'
import { XdsClient } from '../../../packages/control-plane/test/support/xds-client.ts'
import { localities } from './workload.ts'

type Mode = 'delta' | 'sotw'

/** Many sidecars on connections of their own, all in this process: they ask and acknowledge in Envoy's order. */
export class Sidecars {
  readonly #clients: XdsClient[] = []
  /** Payload bytes that each was sent, resources and their names. */
  readonly #bytes: number[] = []
  #marker: { readonly typeUrl: string; readonly text: Buffer; readonly seen: Set<number> } | undefined
  #wake = () => {}

  /** Resolves when every sidecar is fully configured. */
  static async connect(port: number, count: number, mode: Mode): Promise<Sidecars> {
    const all = new Sidecars()
    for (let i = 0; i < count; i++) all.#connect(port, mode, i)
    await Promise.all(all.#clients.map(client => client.until(() => isFull(client), 'a full configuration', 300_000)))
    return all
  }

  /** Payload bytes that one sidecar has been sent so far: the mean. */
  get bytes(): number {
    return this.#bytes.reduce((sum, b) => sum + b, 0) / this.#bytes.length
  }

  /** Resolves with the milliseconds until the last sidecar was sent a response of the type that holds the marker. */
  async change(typeUrl: string, marker: string, make: () => void): Promise<number> {
    const seen = new Set<number>()
    this.#marker = { typeUrl, text: Buffer.from(marker), seen }
    const all = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${marker} reached ${seen.size} sidecars in a minute`)), 60_000)
      this.#wake = () => {
        if (seen.size < this.#clients.length) return
        clearTimeout(timer)
        resolve()
      }
    })
    const began = performance.now()
    make()
    await all
    return performance.now() - began
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map(client => client.close()))
  }

  #connect(port: number, mode: Mode, i: number): void {
    const [region, zone, subZone] = localities[i % localities.length]!.split('/')
    this.#bytes[i] = 0
    const client = new XdsClient({
      port,
      mode,
      follow: true,
      node: {
        id: `sidecar~10.${i >> 16}.${(i >> 8) & 255}.${i & 255}~app-${i}.shop~shop.svc.cluster.local`,
        metadata: { NAMESPACE: 'shop', CLUSTER_ID: 'Kubernetes' },
        locality: { region, zone, subZone },
      },
      refuse: ({ typeUrl, resources }) => {
        for (const { name, bytes } of resources) this.#bytes[i]! += name.length + bytes.length
        const m = this.#marker
        if (m?.typeUrl === typeUrl && !m.seen.has(i) && resources.some(r => Buffer.from(r.bytes).includes(m.text))) {
          m.seen.add(i)
          this.#wake()
        }
        return undefined
      },
    })
    this.#clients.push(client)
    client.start()
  }
}

function isFull(client: XdsClient): boolean {
  return client.held(typeUrls.route).size > 0 && client.covered(typeUrls.route) && client.covered(typeUrls.endpoint)
}
