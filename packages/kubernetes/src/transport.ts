import { readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { Agent } from 'undici'
import type { ClusterAccess } from './access.ts'
import { answerError, networkError } from './errors.ts'
import type { Clock } from './time.ts'

export interface RawRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the server's address, with its leading slash. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly body?: string | Uint8Array
  readonly contentType?: string
  readonly accept?: string
  /** Milliseconds for the whole exchange; 0: no limit (watches). */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export interface RawAnswer {
  readonly status: number
  readonly text: string
}

/** How long a token read from a file is used before the file is looked at again. */
const tokenFileMs = 30_000

/** HTTP to one API server: kept-alive HTTP/1.1 connections, the access's TLS and credentials, failures as KubeError. */
export class Transport {
  readonly access: ClusterAccess
  readonly #agent: Agent
  readonly #clock: Clock
  readonly #timeoutMs: number
  readonly #prefix: string
  readonly #origin: string
  #token: { text: string; readAt: number } | undefined

  constructor(access: ClusterAccess, options: { clock: Clock; timeoutMs: number; connectTimeoutMs: number }) {
    const url = new URL(access.server)
    this.access = access
    this.#clock = options.clock
    this.#timeoutMs = options.timeoutMs
    this.#origin = url.origin
    this.#prefix = url.pathname.replace(/\/+$/, '')
    this.#agent = new Agent({
      // Every watch holds a connection of its own: one that breaks takes no other with it.
      allowH2: false,
      connections: null,
      keepAliveTimeout: 30_000,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: {
        timeout: options.connectTimeoutMs,
        keepAliveInitialDelay: 15_000,
        ...(access.ca && { ca: access.ca }),
        ...(access.cert && { cert: access.cert }),
        ...(access.key && { key: access.key }),
        ...(access.tlsServerName && { servername: access.tlsServerName }),
        ...(access.insecureSkipTlsVerify && { rejectUnauthorized: false }),
      },
    })
  }

  /** The whole answer, whatever its status; throws only where none came. */
  async send(request: RawRequest): Promise<RawAnswer> {
    const { status, body, name } = await this.#open(request, request.timeoutMs ?? this.#timeoutMs)
    try {
      return { status, text: await textOf(body) }
    } catch (error) {
      throw networkError(error, name)
    }
  }

  /** The answer's body as it comes; throws where the answer is not a success. */
  async stream(request: RawRequest): Promise<Readable> {
    const { status, body, name } = await this.#open(request, request.timeoutMs ?? 0)
    if (status < 300) return body
    throw answerError(status, await textOf(body).catch(() => ''), name)
  }

  describe(request: RawRequest): string {
    return `${request.method ?? 'GET'} ${this.#origin}${this.#prefix}${request.path}`
  }

  /** Ends kept connections; requests under way fail with kind 'aborted'. */
  async close(): Promise<void> {
    await this.#agent.destroy()
  }

  async #open(request: RawRequest, timeoutMs: number): Promise<{ status: number; body: Readable; name: string }> {
    const token = this.#bearer()
    const answer = await this.#ask(request, timeoutMs, token)
    // It may have been replaced since it was read. Nothing was done for who was not known.
    if (answer.status !== 401 || !this.access.tokenFile || this.#readToken() === token) return answer
    answer.body.resume()
    return this.#ask(request, timeoutMs, this.#bearer())
  }

  async #ask(request: RawRequest, timeoutMs: number, token: string | undefined) {
    const name = this.describe(request)
    const signals = [request.signal, timeoutMs > 0 ? AbortSignal.timeout(timeoutMs) : undefined].filter(
      s => s !== undefined,
    )
    try {
      const answer = await this.#agent.request({
        origin: this.#origin,
        path: this.#prefix + request.path + queryText(request.query),
        method: request.method ?? 'GET',
        headers: this.#headers(request, token),
        body: request.body ?? null,
        ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
      })
      return { status: answer.statusCode, body: answer.body as Readable, name }
    } catch (error) {
      throw networkError(error, name)
    }
  }

  #headers(request: RawRequest, token: string | undefined): Record<string, string | string[]> {
    const { access } = this
    const headers: Record<string, string | string[]> = {
      accept: request.accept ?? 'application/json',
      'user-agent': 'isthmus',
    }
    if (request.body !== undefined) headers['content-type'] = request.contentType ?? 'application/json'
    if (token) headers.authorization = `Bearer ${token}`
    else if (access.username)
      headers.authorization = `Basic ${Buffer.from(`${access.username}:${access.password ?? ''}`).toString('base64')}`
    if (access.impersonate) {
      headers['impersonate-user'] = access.impersonate.user
      if (access.impersonate.groups.length > 0) headers['impersonate-group'] = [...access.impersonate.groups]
    }
    return headers
  }

  #bearer(): string | undefined {
    if (!this.access.tokenFile) return this.access.token
    const fresh = this.#token && this.#clock.now() - this.#token.readAt <= tokenFileMs
    return fresh ? this.#token?.text : this.#readToken()
  }

  #readToken(): string | undefined {
    try {
      const text = readFileSync(this.access.tokenFile ?? '', 'utf8').trim()
      this.#token = { text, readAt: this.#clock.now() }
    } catch (error) {
      // A token that cannot be read just now may still be good in memory.
      if (!this.#token) throw networkError(error, this.#origin)
    }
    return this.#token.text
  }
}

function queryText(query: RawRequest['query']): string {
  const parts = new URLSearchParams()
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== '') parts.set(key, String(value))
  }
  const text = parts.toString()
  return text ? `?${text}` : ''
}

async function textOf(body: Readable): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
