import {
  type ConfigMap,
  isKubeError,
  type KubeClient,
  kinds,
  type Namespace,
  type Watch,
  watchList,
} from '@isthmus/kubernetes'
import { trustConfigMap } from '../injection/containers.ts'
import type { Clock, Log } from '../runtime/index.ts'
import { trustManifest } from './manifests.ts'

/** Namespaces that never have proxies. */
const without = ['kube-system', 'kube-public', 'kube-node-lease']
/** Milliseconds before a write that failed is tried again. */
const again = 2_000

/**
 * Keeps ConfigMap `istio-ca-root-cert` in every namespace of one cluster as it should be: in new namespaces at once (their
 * first pods wait for it), again where somebody changed or deleted it, and everywhere when the root changes.
 */
export class TrustDistributor {
  readonly #client: KubeClient
  readonly #root: () => string
  readonly #clock: Clock
  readonly #log: Log
  readonly #namespaces = new Set<string>()
  /** Content of the ConfigMap by namespace, as last seen. */
  readonly #seen = new Map<string, string>()
  readonly #busy = new Set<string>()
  readonly #watches: Watch[]
  #stopped = false

  constructor(o: { client: KubeClient; root: () => string; clock: Clock; log: Log }) {
    this.#client = o.client
    this.#root = o.root
    this.#clock = o.clock
    this.#log = o.log
    this.#watches = [this.#watchMaps(), this.#watchNamespaces()]
  }

  /** Looks at every namespace again, for instance because the root changed. */
  refresh(): void {
    for (const namespace of this.#namespaces) void this.#reconcile(namespace)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all(this.#watches.map(w => w.stop()))
  }

  #watchNamespaces(): Watch {
    const keep = (n: Namespace) => !n.metadata.deletionTimestamp && !without.includes(n.metadata.name)
    const put = (n: Namespace) => {
      if (!keep(n)) return void this.#namespaces.delete(n.metadata.name)
      this.#namespaces.add(n.metadata.name)
      void this.#reconcile(n.metadata.name)
    }
    return watchList<Namespace>(this.#client, kinds.Namespace, {
      onSync: all => {
        this.#namespaces.clear()
        all.forEach(put)
      },
      onChange: (type, n) => (type === 'deleted' ? void this.#namespaces.delete(n.metadata.name) : put(n)),
    })
  }

  #watchMaps(): Watch {
    const put = (m: ConfigMap) => this.#seen.set(m.metadata.namespace!, contentOf(m.data))
    return watchList<ConfigMap>(
      this.#client,
      kinds.ConfigMap,
      {
        onSync: all => {
          this.#seen.clear()
          all.forEach(put)
          this.refresh()
        },
        onChange: (type, m) => {
          if (type === 'deleted') this.#seen.delete(m.metadata.namespace!)
          else put(m)
          void this.#reconcile(m.metadata.namespace!)
        },
      },
      { fieldSelector: `metadata.name=${trustConfigMap}` },
    )
  }

  async #reconcile(namespace: string): Promise<void> {
    if (this.#stopped || this.#busy.has(namespace) || !this.#namespaces.has(namespace)) return
    const wanted = trustManifest(namespace, this.#root())
    if (this.#seen.get(namespace) === contentOf(wanted.data)) return
    this.#busy.add(namespace)
    try {
      await this.#client.apply([wanted])
      this.#seen.set(namespace, contentOf(wanted.data))
    } catch (error) {
      // The namespace may be going; its deletion will be noticed. Anything else is tried again.
      if (!isKubeError(error, 'notFound'))
        this.#log.warn({ namespace, error: String(error) }, 'root certificate not written')
      this.#clock.after(again, () => void this.#reconcile(namespace))
    } finally {
      this.#busy.delete(namespace)
    }
  }
}

function contentOf(data: object | undefined): string {
  return JSON.stringify(Object.entries(data ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)))
}
