import type { Ejections, Latency } from '@isthmus/api'
import { type Ask, type AskableProxy, askAll, askedOf } from './ask-proxies.ts'
import { ejectedHosts, ejectionCountsPath, ejects, hostsPath } from './ejections.ts'
import { latencyFrom, latencyPath } from './latency.ts'

export interface ProxyStatisticsOptions {
  readonly now: () => number
  readonly ask: Ask
  /** Proxies beside the service's own pods. */
  readonly serving: (service: string) => readonly AskableProxy[]
  /** Proxies that may send to it, the likeliest first. */
  readonly sending: (service: string) => readonly AskableProxy[]
}

/** Milliseconds for which an answer is given again: several people who look ask once. */
const freshMs = 5_000

/** What proxies are asked for when somebody looks, and not before. */
export class ProxyStatistics {
  readonly #options: ProxyStatisticsOptions
  readonly #latencies = new Map<string, { readonly at: number; readonly answer: Promise<Latency> }>()
  readonly #ejections = new Map<string, { readonly at: number; readonly answer: Promise<Ejections> }>()

  constructor(options: ProxyStatisticsOptions) {
    this.#options = options
  }

  /** Latency and response codes of a service (a fully qualified host). Never rejects: `asked` says who did not answer, and why. */
  latency(service: string): Promise<Latency> {
    return this.#recent(this.#latencies, service, async () => {
      const { ask, serving, now } = this.#options
      return latencyFrom(service, await askAll(serving(service), latencyPath, ask), now())
    })
  }

  /** Endpoints of a service that proxies hold ejected: counts of all that are asked, hosts of those that have any. */
  ejections(service: string): Promise<Ejections> {
    return this.#recent(this.#ejections, service, async () => {
      const { ask, sending, now } = this.#options
      const counted = await askAll(sending(service), ejectionCountsPath, ask)
      const named = await askAll(
        counted.filter(answer => ejects(service, answer)).map(answer => answer.at),
        hostsPath,
        ask,
      )
      const failed = new Map(named.filter(a => a.error !== undefined).map(a => [a.proxy, a]))
      return {
        service,
        at: now(),
        ejected: named.flatMap(answer => (answer.text === undefined ? [] : ejectedHosts(service, answer))),
        asked: askedOf(counted.map(answer => failed.get(answer.proxy) ?? answer)),
      }
    })
  }

  #recent<T>(
    cache: Map<string, { readonly at: number; readonly answer: Promise<T> }>,
    service: string,
    make: () => Promise<T>,
  ): Promise<T> {
    const now = this.#options.now()
    for (const [key, { at }] of cache) if (now - at >= freshMs) cache.delete(key)
    const known = cache.get(service)
    if (known) return known.answer
    const answer = make()
    cache.set(service, { at: now, answer })
    // What failed is not an answer to give again.
    answer.catch(() => cache.delete(service))
    return answer
  }
}
