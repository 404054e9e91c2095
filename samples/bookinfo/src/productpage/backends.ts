import { get, jsonOf, type Reply } from '../common/call.ts'
import { parseServedBy } from '../common/identity.ts'

/** What a service gave for the page, and which pods had a part in it, the one that was asked first. */
export interface Given<T> {
  readonly status: number
  readonly value?: T
  readonly error?: string
  readonly servedBy: readonly { pod: string; region?: string }[]
  /** The header as it came, to be handed on. */
  readonly servedByHeader?: string
}

export interface Details {
  readonly id: number
  readonly [name: string]: string | number
}

export interface Review {
  readonly reviewer: string
  readonly text: string
  readonly rating?: { readonly stars?: number; readonly color?: string; readonly error?: string }
}

export interface Reviews {
  readonly id: string
  readonly podname?: string
  readonly clustername?: string
  readonly reviews: readonly Review[]
}

export interface BackendUrls {
  readonly details: string
  readonly reviews: string
  readonly ratings: string
}

type Headers = Readonly<Record<string, string>>

/** The three services behind the page. Each call has three seconds; reviews are tried twice, as in the known application. */
export class Backends {
  readonly #urls: BackendUrls
  readonly #timeoutMs: number
  constructor(urls: BackendUrls, timeoutMs = 3000) {
    this.#urls = urls
    this.#timeoutMs = timeoutMs
  }

  async details(id: string, headers: Headers): Promise<Given<Details>> {
    const reply = await get(`${this.#urls.details}/details/${id}`, headers, this.#timeoutMs)
    return given(reply, 'Sorry, product details are currently unavailable for this book.')
  }

  async reviews(id: string, headers: Headers): Promise<Given<Reviews>> {
    const url = `${this.#urls.reviews}/reviews/${id}`
    let reply = await get(url, headers, this.#timeoutMs)
    if (reply.status !== 200) reply = await get(url, headers, this.#timeoutMs)
    return given(reply, 'Sorry, product reviews are currently unavailable for this book.')
  }

  async ratings(id: string, headers: Headers): Promise<Given<unknown>> {
    const reply = await get(`${this.#urls.ratings}/ratings/${id}`, headers, this.#timeoutMs)
    return given(reply, 'Sorry, product ratings are currently unavailable for this book.')
  }
}

function given<T>(reply: Reply, error: string): Given<T> {
  const header = reply.headers['x-served-by']
  const servedByHeader = typeof header === 'string' ? header : undefined
  const servedBy = parseServedBy(servedByHeader)
  const value = jsonOf<T>(reply)
  if (value !== undefined) return { status: 200, value, servedBy, servedByHeader }
  return { status: reply.status === 200 || reply.status === 0 ? 500 : reply.status, error, servedBy, servedByHeader }
}
