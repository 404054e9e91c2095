import type { ProxyNode } from '../../model/index.ts'
import type { Clock } from '../../runtime/index.ts'
import type { NewEvent } from '../../telemetry/index.ts'
import type { XdsEvent } from '../../xds/index.ts'

/** How long a proxy may be away before it is lost: streams end of old age, and Envoy comes back within ten seconds. */
const patienceMs = 15_000
/** Refusals in the same words are one event in this time, and their number is another. */
const sameMs = 60_000
/** So many proxies of one moment are told one by one; of more there is one event. */
const each = 5

export interface ProxyEventsOptions {
  readonly clock: Clock
  readonly regionOf: (node: ProxyNode) => string
  /** True while the pod of a proxy is there: a proxy that ends with its pod is no loss. */
  readonly known: (node: ProxyNode) => boolean
  readonly tell: (event: NewEvent) => void
}

/** Tells of proxies that come, go, and refuse, without flooding the timeline when they all do at once. */
export class ProxyEvents {
  readonly #options: ProxyEventsOptions
  /** Proxies that were told of as connected, by cluster and node id, with how many streams they have. */
  readonly #known = new Map<string, { node: ProxyNode; streams: number }>()
  readonly #refusals = new Map<string, number>()
  #came: ProxyNode[] = []
  #went: ProxyNode[] = []
  #gathering = false

  constructor(options: ProxyEventsOptions) {
    this.#options = options
  }

  event(event: XdsEvent): void {
    if (event.kind === 'connected') this.#connected(event.node)
    else if (event.kind === 'disconnected') this.#disconnected(event.node)
    else if (event.kind === 'nack') this.#refused(event)
  }

  #connected(node: ProxyNode): void {
    const key = keyOf(node)
    const known = this.#known.get(key)
    this.#known.set(key, { node, streams: (known?.streams ?? 0) + 1 })
    if (known) return
    this.#came.push(node)
    this.#gather()
  }

  #disconnected(node: ProxyNode): void {
    const key = keyOf(node)
    const known = this.#known.get(key)
    if (!known) return
    known.streams--
    if (known.streams > 0) return
    this.#options.clock.after(patienceMs, () => {
      if (this.#known.get(key)?.streams !== 0) return
      this.#known.delete(key)
      this.#went.push(node)
      this.#gather()
    })
  }

  #gather(): void {
    if (this.#gathering) return
    this.#gathering = true
    this.#options.clock.after(1_000, () => {
      this.#gathering = false
      const [came, went] = [this.#came, this.#went]
      this.#came = []
      this.#went = []
      this.#say(came, 'connected', 'info')
      const { known } = this.#options
      this.#say(
        went.filter(node => !known(node)),
        'is gone with its pod',
        'info',
      )
      this.#say(went.filter(known), 'is no longer connected', 'warning')
    })
  }

  #say(nodes: readonly ProxyNode[], what: string, severity: NewEvent['severity']): void {
    if (nodes.length === 0) return
    const regions = [...new Set(nodes.map(this.#options.regionOf).filter(Boolean))].sort()
    if (nodes.length > each) {
      const clusters = [...new Set(nodes.map(n => n.cluster))].sort().join(', ')
      const text = `${nodes.length} proxies ${what.replace('is ', 'are ').replace('its pod', 'their pods')} (${clusters})`
      this.#options.tell({ kind: 'proxy', severity, regions, text })
      return
    }
    for (const node of nodes)
      this.#options.tell({
        kind: 'proxy',
        severity,
        regions: [this.#options.regionOf(node)].filter(Boolean),
        object: podOf(node),
        text: `${node.kind} ${node.pod}.${node.namespace} of ${node.cluster} ${what}`,
      })
  }

  #refused({ node, nack, typeUrl }: Extract<XdsEvent, { kind: 'nack' }>): void {
    const type = typeUrl.slice(typeUrl.lastIndexOf('.') + 1)
    const names = nack.resources.map(r => r.name)
    const key = `${type}|${names.join(',')}|${nack.words}`
    const count = this.#refusals.get(key)
    if (count !== undefined) {
      this.#refusals.set(key, count + 1)
      return
    }
    this.#refusals.set(key, 0)
    const about = `${type} ${names.slice(0, 3).join(', ') || '(unnamed)'}: ${clip(nack.words)}`
    const object = nack.resources.find(r => r.origins.length > 0)?.origins[0]
    const region = this.#options.regionOf(node)
    this.#options.tell({
      kind: 'refusal',
      severity: 'error',
      regions: region ? [region] : [],
      ...(object && {
        object: { cluster: object.cluster, kind: object.kind, namespace: object.namespace, name: object.name },
      }),
      text: `${node.kind} ${node.pod}.${node.namespace} of ${node.cluster} refused ${about}`,
    })
    this.#options.clock.after(sameMs, () => {
      const more = this.#refusals.get(key) ?? 0
      this.#refusals.delete(key)
      if (more > 0)
        this.#options.tell({
          kind: 'refusal',
          severity: 'error',
          regions: [],
          text: `${more} more refusals of ${about}`,
        })
    })
  }
}

function keyOf(node: ProxyNode): string {
  return `${node.cluster}|${node.id}`
}

function podOf(node: ProxyNode) {
  return { cluster: node.cluster, kind: 'Pod', namespace: node.namespace, name: node.pod }
}

/** A refusal's words can be a page long. */
function clip(words: string): string {
  return words.length > 500 ? `${words.slice(0, 500)}…` : words
}
