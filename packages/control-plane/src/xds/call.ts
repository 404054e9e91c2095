import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import { IsthmusError } from '@isthmus/errors'
import type { ProxyNode } from '../model/index.ts'
import type { Log } from '../runtime/index.ts'
import { FrameReader, frameStart, grpcMessage, grpcStatus } from './framing.ts'

/** What a gRPC method makes of one call. What it throws ends the call: an IsthmusError with its code and words. */
export interface CallHandler {
  /** One whole message of the client's. The bytes are the handler's own for as long as it likes. */
  message(bytes: Uint8Array): void
  /** The client has taken what it was sent: there is room for more. Only after `congested` was true. */
  drained?(): void
  /** The call is over, whoever ended it. Called once. */
  closed(): void
}

/** A gRPC method: called when a client calls it. */
export type Method = (call: Call) => CallHandler

export interface CallOptions {
  readonly log: Log
  /** Bytes of one message of the client's. */
  readonly requestBytes: number
  /** Rejects where the client is not who its node says. */
  readonly authenticate: (headers: IncomingHttpHeaders, node: ProxyNode) => Promise<unknown>
  /** The client does not take at once what it was sent: from now on it is to be looked after. */
  readonly onCongested?: (call: Call) => void
  readonly onClose: (call: Call) => void
}

/** One gRPC call over HTTP/2, messages in and out; what they say is the handler's business. */
export class Call {
  readonly headers: IncomingHttpHeaders
  /** Address and port of the client. */
  readonly peer: string
  readonly #http: ServerHttp2Stream
  readonly #options: CallOptions
  readonly #frames: FrameReader
  #handler: CallHandler | undefined
  #proxy: string | undefined
  #closed = false
  /** Bytes on the connection when `hasMoved` was last true. */
  #moved = 0

  constructor(http: ServerHttp2Stream, headers: IncomingHttpHeaders, options: CallOptions) {
    this.headers = headers
    this.peer = `${http.session?.socket?.remoteAddress ?? ''}:${http.session?.socket?.remotePort ?? ''}`
    this.#http = http
    this.#options = options
    this.#frames = new FrameReader(options.requestBytes)
  }

  /** Messages go to the handler from now on. */
  begin(handler: CallHandler): void {
    this.#handler = handler
    if (this.#closed) handler.closed()
    this.#http.on('data', (piece: Buffer) => this.#data(piece))
    this.#http.on('drain', () => this.guarded(() => this.#closed || this.#handler?.drained?.()))
    this.#http.on('end', () => this.end(grpcStatus.ok, ''))
    this.#http.on('error', () => this.#close())
    this.#http.on('close', () => this.#close())
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Resolves where the client may speak for this node, rejects otherwise: hand that to `fail`. */
  async authenticate(node: ProxyNode): Promise<void> {
    try {
      await this.#options.authenticate(this.headers, node)
    } catch (error) {
      throw new Unauthenticated(error)
    }
    this.#proxy = node.id
  }

  /** Sends the response's head, at once or with the first message. */
  open(): void {
    if (this.#closed || this.#http.headersSent) return
    this.#http.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
  }

  /** True while the client has not taken what it was sent: what is sent now would only wait in memory. */
  get congested(): boolean {
    return this.#http.writableNeedDrain && !this.#closed
  }

  /** Bytes sent that the client has not taken. */
  get unreadBytes(): number {
    return this.#http.writableLength
  }

  /** Whether bytes (more than a few control frames) have gone to the client since this was last true. */
  hasMoved(): boolean {
    const written = this.#http.session?.socket?.bytesWritten ?? 0
    if (written - this.#moved < 4096) return false
    this.#moved = written
    return true
  }

  /** Sends one message. */
  send(message: Uint8Array): void {
    this.write([frameStart(message.length, 0), message])
  }

  /** Sends what is framed already. The buffers are not copied and must never change. */
  write(buffers: readonly Uint8Array[]): void {
    if (this.#closed) return
    this.open()
    const [only] = buffers
    if (only && buffers.length === 1) this.#http.write(only)
    else {
      this.#http.cork()
      for (const buffer of buffers) this.#http.write(buffer)
      this.#http.uncork()
    }
    if (this.congested) this.#options.onCongested?.(this)
  }

  /** Drops the client's connection: for one that does not read, to which nothing can be said. */
  drop(error: IsthmusError): void {
    this.#options.log.warn(
      { code: error.code, err: error, peer: this.peer, proxy: this.#proxy },
      'a connection is dropped',
    )
    this.#http.session?.destroy(undefined, constants.NGHTTP2_ENHANCE_YOUR_CALM)
    this.#close()
  }

  /** Ends the call now. */
  end(status: number, text: string): void {
    if (this.#http.destroyed || this.#http.closed || this.#http.writableEnded) return
    const trailers: Record<string, string> = { 'grpc-status': String(status) }
    if (text !== '') trailers['grpc-message'] = grpcMessage(text)
    if (this.#http.headersSent) {
      this.#http.once('wantTrailers', () => this.#http.sendTrailers(trailers))
      this.#http.end()
    } else {
      this.#http.respond({ ':status': 200, 'content-type': 'application/grpc', ...trailers }, { endStream: true })
    }
    this.#close()
  }

  /** Ends the call for an error: an IsthmusError's code and words reach the client, nothing of any other. */
  fail(error: unknown): void {
    const cause = error instanceof Unauthenticated ? error.cause : error
    const [code, text] = cause instanceof IsthmusError ? [cause.code, cause.message] : ['', 'internal error']
    const fields = { code, err: cause, peer: this.peer, proxy: this.#proxy }
    if (code) this.#options.log.warn(fields, 'a stream is refused')
    else this.#options.log.error(fields, 'a stream failed')
    const status = code && error instanceof Unauthenticated ? grpcStatus.unauthenticated : statusOf(code)
    this.end(status, code ? `${code}: ${text}` : text)
    // The rest of what the client sends is of no interest.
    this.#http.resume()
  }

  /** Runs work whose errors end the call. */
  guarded(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.fail(error)
    }
  }

  #data(piece: Buffer): void {
    if (this.#closed) return
    try {
      this.#read(piece)
    } catch (error) {
      this.fail(error)
    }
  }

  #read(piece: Buffer): void {
    for (const message of this.#frames.push(piece)) {
      this.#handler?.message(message)
      if (this.#isClosed()) return
    }
  }

  #close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#handler?.closed()
    this.#options.onClose(this)
  }

  #isClosed(): boolean {
    return this.#closed
  }
}

class Unauthenticated extends Error {
  constructor(cause: unknown) {
    super('unauthenticated', { cause })
  }
}

function statusOf(code: string): number {
  if (code === 'ISM3010' || code === 'ISM3013') return grpcStatus.invalidArgument
  if (code === 'ISM3011' || code === 'ISM3012' || code === 'ISM3014') return grpcStatus.resourceExhausted
  return grpcStatus.internal
}
