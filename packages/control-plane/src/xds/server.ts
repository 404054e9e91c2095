import {
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { IsthmusError } from '@isthmus/errors'
import type { ProxyNode } from '../model/index.ts'
import { type Clock, type Log, silentLog, systemClock } from '../runtime/index.ts'
import { Call, type Method } from './call.ts'
import { Congestion } from './congestion.ts'
import { grpcMessage, grpcStatus } from './framing.ts'
import { defaultLimits, type XdsLimits } from './limits.ts'
import type { Mode } from './request.ts'
import type { ProxyConfig, ProxyStatus, XdsEvent } from './status.ts'
import { AdsStream, type ProxySession } from './stream.ts'
import { Turn } from './turn.ts'

export interface XdsServerOptions {
  /** Rejects (with an IsthmusError) where the client is not who its node says. Without it everybody is let in. */
  readonly authenticate?: (headers: IncomingHttpHeaders, node: ProxyNode) => Promise<unknown>
  /** A proxy comes: what it is served from. `onChange` says that `snapshot()` may give something new. */
  readonly open: (node: ProxyNode, onChange: () => void) => ProxySession
  readonly onEvent?: (event: XdsEvent) => void
  readonly clock?: Clock
  readonly log?: Log
  readonly limits?: Partial<XdsLimits>
  /** A live stream keeps the token it began with: older streams are ended, so that it is shown again. Milliseconds; a tenth is spread at random. */
  readonly maxStreamAgeMs?: number
  /** PEM. Without it: plaintext HTTP/2. */
  readonly tls?: { readonly key: string; readonly cert: string }
}

const service = '/envoy.service.discovery.v3.AggregatedDiscoveryService/'
/** Nodes whose successor stream is owed something: no more of them than this are remembered. */
const owedLimit = 10_000

/** Aggregated discovery over HTTP/2, delta and state of the world. */
export class XdsServer {
  readonly #options: XdsServerOptions
  readonly #limits: XdsLimits
  readonly #clock: Clock
  readonly #log: Log
  readonly #http: Http2Server | Http2SecureServer
  readonly #methods = new Map<string, Method>()
  readonly #calls = new Set<Call>()
  readonly #congestion: Congestion
  /** Calls by connection. */
  readonly #perSession = new WeakMap<object, number>()
  readonly #streams = new Map<number, AdsStream>()
  readonly #sessions = new Set<ServerHttp2Session>()
  readonly #owed = new Map<string, readonly string[]>()
  readonly #turn: Turn
  #ids = 0

  constructor(options: XdsServerOptions) {
    this.#options = options
    this.#limits = { ...defaultLimits, ...options.limits }
    this.#clock = options.clock ?? systemClock
    this.#log = options.log ?? silentLog
    this.#turn = new Turn(this.#clock)
    this.#congestion = new Congestion(this.#clock, this.#limits.unreadMs)
    this.register(`${service}DeltaAggregatedResources`, call => this.#discover(call, 'delta'))
    this.register(`${service}StreamAggregatedResources`, call => this.#discover(call, 'sotw'))
    const settings = {
      // Acknowledgements are small; a large window would only let a client pile up bytes here.
      initialWindowSize: 256 << 10,
      // A few more than the limit: whoever goes beyond it is told so.
      maxConcurrentStreams: this.#limits.streamsPerConnection + 8,
      maxHeaderListSize: 64 << 10,
    }
    const common = { settings, maxSessionInvalidFrames: 100, maxSessionRejectedStreams: 100 }
    this.#http = options.tls
      ? createSecureServer({ ...common, ...options.tls, minVersion: 'TLSv1.2' })
      : createServer(common)
    // A client that vanished without a word is noticed by the kernel, no timer of ours.
    this.#http.on('connection', (socket: Socket) => socket.setKeepAlive(true, 30_000))
    this.#http.on('session', session => this.#watch(session))
    this.#http.on('stream', (stream, headers) => this.#accept(stream, headers))
    this.#http.on('sessionError', error => this.#log.debug({ err: error }, 'an HTTP/2 session failed'))
    this.#http.on('tlsClientError', (error: Error) => this.#log.debug({ err: error }, 'a TLS handshake failed'))
  }

  /** Offers a gRPC method besides discovery, at this path (`/package.Service/Method`). To be called before `listen`. */
  register(path: string, method: Method): void {
    this.#methods.set(path, method)
  }

  /** Resolves with the port. Rejects where the address cannot be had. */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#http.once('error', reject)
      // Node's 511 are fewer than the proxies that come back at once: the rest would wait for their second try.
      this.#http.listen({ port, host, backlog: 4_096 }, () => {
        this.#http.off('error', reject)
        resolve((this.#http.address() as AddressInfo).port)
      })
    })
  }

  /** A new certificate for connections from now on. */
  reload(tls: { readonly key: string; readonly cert: string }): void {
    if ('setSecureContext' in this.#http) this.#http.setSecureContext({ ...tls, minVersion: 'TLSv1.2' })
  }

  /** Stops listening, ends streams with UNAVAILABLE, drops connections. */
  async close(): Promise<void> {
    this.#congestion.close()
    const stopped = new Promise<void>(resolve => this.#http.close(() => resolve()))
    for (const call of this.#calls) call.end(grpcStatus.unavailable, 'the control plane stops')
    // One turn for the trailers.
    await new Promise(resolve => setImmediate(resolve))
    for (const session of this.#sessions) session.destroy()
    await stopped
  }

  proxies(): readonly ProxyStatus[] {
    return [...this.#streams.values()].map(stream => stream.status).filter(status => status !== undefined)
  }

  /** What the proxy with this node id accepted; its newest stream where it has several. */
  config(id: string): ProxyConfig | undefined {
    return [...this.#streams.values()].findLast(stream => stream.node?.id === id)?.config
  }

  #watch(session: ServerHttp2Session): void {
    this.#sessions.add(session)
    session.on('error', () => {})
    session.on('close', () => this.#sessions.delete(session))
  }

  #accept(http: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    http.on('error', () => {})
    const path = String(headers[':path'] ?? '')
    const method = this.#methods.get(path)
    if (headers[':method'] !== 'POST' || !String(headers['content-type'] ?? '').startsWith('application/grpc')) {
      http.respond({ ':status': 415 }, { endStream: true })
      return
    }
    if (!method) {
      const text = grpcMessage(`ISM3015: ${path.slice(0, 200)} is not offered here`)
      const trailers = { 'grpc-status': String(grpcStatus.unimplemented), 'grpc-message': text }
      http.respond({ ':status': 200, 'content-type': 'application/grpc', ...trailers }, { endStream: true })
      return
    }
    const { requestBytes, streamsPerConnection } = this.#limits
    const session = http.session ?? {}
    const count = (this.#perSession.get(session) ?? 0) + 1
    this.#perSession.set(session, count)
    const call = new Call(http, headers, {
      log: this.#log,
      requestBytes,
      authenticate: async (h, node) => this.#options.authenticate?.(h, node),
      onCongested: c => this.#congestion.add(c),
      onClose: c => {
        this.#perSession.set(session, (this.#perSession.get(session) ?? 1) - 1)
        this.#calls.delete(c)
        this.#congestion.delete(c)
      },
    })
    this.#calls.add(call)
    call.guarded(() => {
      if (count > streamsPerConnection) {
        throw new IsthmusError('ISM3014', `${count} streams on one connection, the limit is ${streamsPerConnection}`)
      }
      call.begin(method(call))
    })
  }

  #discover(call: Call, mode: Mode): AdsStream {
    const { open, onEvent, maxStreamAgeMs } = this.#options
    let cancel = () => {}
    const stream = new AdsStream(call, {
      id: ++this.#ids,
      mode,
      clock: this.#clock,
      log: this.#log,
      limits: this.#limits,
      turn: this.#turn,
      open,
      inherit: node => this.#inherit(node),
      onEvent: event => onEvent?.(event),
      onClose: closed => {
        cancel()
        this.#streams.delete(closed.id)
        this.#remember(closed)
      },
    })
    this.#streams.set(stream.id, stream)
    if (maxStreamAgeMs !== undefined) {
      // Spread by stream, so that proxies that came together do not all come back together.
      const age = maxStreamAgeMs * (1 - ((stream.id * 0.618034) % 1) / 10)
      cancel = this.#clock.after(age, () => stream.retire('the stream is old: come back with a fresh token'))
    }
    return stream
  }

  #inherit(node: ProxyNode): readonly string[] {
    const owed = this.#owed.get(node.id) ?? []
    this.#owed.delete(node.id)
    return owed
  }

  #remember(stream: AdsStream): void {
    const { node, owed } = stream
    if (!node || owed.length === 0) return
    this.#owed.set(node.id, owed)
    const [oldest] = this.#owed.keys()
    if (this.#owed.size > owedLimit && oldest !== undefined) this.#owed.delete(oldest)
  }
}
