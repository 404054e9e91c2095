import type { OperationId, Topic } from '@isthmus/api'
import type { QueryClient } from '@tanstack/react-query'
import { addressOf } from './client.ts'
import { connection } from './connection.ts'

/** Operations whose answers a topic makes old. The first one's answer without query is what the topic carries. */
const operationsOf: Record<Topic, readonly OperationId[]> = {
  overview: ['getOverview', 'listRegions'],
  matrix: ['getMatrix', 'getServiceSeries'],
  'regional-traffic': ['getRegionalTraffic', 'explain', 'getObject'],
  clusters: ['listClusters', 'getCluster'],
  proxies: ['listProxies'],
  gateways: ['listGateways'],
  events: ['listEvents'],
  services: ['listServices', 'getService', 'explain', 'listWorkloads', 'listPods'],
}

/**
 * One stream of server-sent events for the whole page: topics are asked for while somebody shows them. A lost stream is
 * taken up again by itself, waiting 1 s at first and 5 s at most; what came before stays and grows old.
 */
export class LiveStream {
  readonly #queries: QueryClient
  readonly #wanted = new Map<Topic, number>()
  #source: EventSource | undefined
  #open = ''
  #planned: ReturnType<typeof setTimeout> | undefined
  #silence: ReturnType<typeof setTimeout> | undefined
  #wait = 1000
  #seen = new Set<Topic>()

  constructor(queries: QueryClient) {
    this.#queries = queries
  }

  /** Asks for topics until the returned function is called. */
  want(topics: readonly Topic[]): () => void {
    for (const topic of topics) this.#wanted.set(topic, (this.#wanted.get(topic) ?? 0) + 1)
    this.#plan(50)
    return () => {
      for (const topic of topics) this.#wanted.set(topic, (this.#wanted.get(topic) ?? 1) - 1)
      this.#plan(500)
    }
  }

  close(): void {
    clearTimeout(this.#planned)
    clearTimeout(this.#silence)
    this.#planned = undefined
    this.#source?.close()
    this.#source = undefined
    this.#open = ''
  }

  #plan(ms: number): void {
    clearTimeout(this.#planned)
    this.#planned = setTimeout(() => this.#follow(), ms)
  }

  #follow(): void {
    const topics = [...this.#wanted].filter(([, count]) => count > 0).map(([topic]) => topic)
    const asked = topics.sort().join(',')
    if (this.#source && asked === this.#open) return
    this.close()
    if (asked === '') return
    this.#open = asked
    const source = new EventSource(addressOf('stream', {}, { topics: asked }))
    this.#source = source
    this.#seen = new Set()
    source.onopen = () => {
      this.#wait = 1000
      connection.opened()
    }
    source.onerror = () => {
      if (this.#source !== source) return
      this.close()
      connection.failed()
      // Who answers again but no longer knows this session is told so by the next request.
      void this.#queries.invalidateQueries({ queryKey: ['getSession'] })
      this.#plan(this.#wait)
      this.#wait = Math.min(5_000, this.#wait * 2)
    }
    for (const topic of topics)
      source.addEventListener(topic, event => {
        this.#watch()
        this.#take(topic, (event as MessageEvent<string>).data)
      })
    source.addEventListener('alive', () => {
      this.#watch()
      connection.heard()
    })
    this.#watch()
  }

  /** A connection may die without a word: silence for three times as long as the server keeps quiet at most is the end. */
  #watch(): void {
    clearTimeout(this.#silence)
    this.#silence = setTimeout(() => this.#source?.onerror?.(new Event('error')), 45_000)
  }

  #take(topic: Topic, data: string): void {
    connection.heard()
    const [own, ...others] = operationsOf[topic]
    const first = !this.#seen.has(topic)
    this.#seen.add(topic)
    const value: unknown = JSON.parse(data)
    this.#queries.setQueryData([own], value)
    for (const id of [own, ...others])
      void this.#queries.invalidateQueries({
        predicate: ({ queryKey, state }) =>
          queryKey[0] === id &&
          (queryKey.length > 1 || id !== own) &&
          // A page asks and the stream begins in the same moment: the first word is no news to it.
          !(first && Date.now() - state.dataUpdatedAt < 3000),
      })
  }
}
