import { connect, type Socket } from 'node:net'

/* One gRPC call over one HTTP/2 connection in plaintext, by hand (RFC 9113, RFC 7541), for clients that have to cost
   little beside the server they measure: no header tables, no streams objects, received bytes are looked at in place. */

export interface CallOptions {
  readonly port: number
  readonly path: string
  /** Bytes the server may send before this client has looked at them. */
  readonly window: number
  /** A whole gRPC message. Only good during the call: the bytes are used again. */
  readonly message: (bytes: Buffer) => void
  readonly closed: (why: string) => void
}

const frame = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goaway: 7, window: 8 } as const
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
const frameHead = 9
const maxFrame = 16_384
const defaultWindow = 65_535

/** Read into by every connection of this process: whoever reads has used it up when the next one does. */
const shared = Buffer.alloc(256 << 10)

export class Call {
  /** Bytes of messages with their frames, as they came. */
  received = 0
  readonly #options: CallOptions
  readonly #socket: Socket
  #stalled = false
  #closed = false
  // The HTTP/2 frame that is being read.
  readonly #head = Buffer.alloc(frameHead)
  #headLength = 0
  #type = 0
  #flags = 0
  #stream = 0
  #left = 0
  readonly #control = Buffer.alloc(256)
  #controlLength = 0
  // The gRPC message that is being read.
  readonly #prefix = Buffer.alloc(5)
  #prefixLength = 0
  #body: Buffer | undefined
  #bodyLength = 0
  // Flow control, both ways.
  #sinceUpdate = 0
  #mayConnection = defaultWindow
  #mayStream = defaultWindow
  #waiting: Buffer[] = []

  constructor(options: CallOptions) {
    this.#options = options
    const onread = { buffer: shared, callback: (n: number) => this.#read(shared, n) }
    this.#socket = connect({ port: options.port, host: '127.0.0.1', noDelay: true, onread })
    this.#socket.on('error', error => this.#end(error.message))
    this.#socket.on('close', () => this.#end('closed'))
    this.#socket.write(Buffer.concat([preface, settings(options.window), grant(0, options.window - defaultWindow)]))
    this.#socket.write(frameOf(frame.headers, 4, 1, headersFor(options.path, options.port)))
  }

  /** One gRPC message. */
  send(message: Uint8Array): void {
    const framed = Buffer.allocUnsafe(5 + message.length)
    framed[0] = 0
    framed.writeUInt32BE(message.length, 1)
    framed.set(message, 5)
    for (let at = 0; at < framed.length; at += maxFrame) this.#waiting.push(framed.subarray(at, at + maxFrame))
    this.#flush()
  }

  /** Reads nothing more, as a client that hangs. */
  stall(): void {
    this.#stalled = true
  }

  close(): void {
    this.#closed = true
    this.#socket.destroy()
  }

  #end(why: string): void {
    if (this.#closed) return
    this.#closed = true
    this.#socket.destroy()
    this.#options.closed(why)
  }

  #flush(): void {
    while (this.#waiting.length > 0) {
      const next = this.#waiting[0]!
      if (next.length > this.#mayConnection || next.length > this.#mayStream) return
      this.#waiting.shift()
      this.#mayConnection -= next.length
      this.#mayStream -= next.length
      this.#socket.write(frameOf(frame.data, 0, 1, next))
    }
  }

  /** @returns whether to read on */
  #read(buffer: Buffer, length: number): boolean {
    let at = 0
    while (at < length && !this.#closed) {
      if (this.#headLength < frameHead) {
        const n = Math.min(frameHead - this.#headLength, length - at)
        buffer.copy(this.#head, this.#headLength, at, at + n)
        this.#headLength += n
        at += n
        if (this.#headLength < frameHead) break
        this.#left = this.#head.readUIntBE(0, 3)
        this.#type = this.#head[3]!
        this.#flags = this.#head[4]!
        this.#stream = this.#head.readUInt32BE(5) & 0x7fffffff
        this.#controlLength = 0
        if (this.#type === frame.data && this.#flags & 8) return this.#fail('padded data')
      }
      const n = Math.min(this.#left, length - at)
      if (this.#type === frame.data) this.#data(buffer.subarray(at, at + n))
      else this.#controlLength += buffer.copy(this.#control, this.#controlLength, at, at + n)
      this.#left -= n
      at += n
      if (this.#left === 0) {
        this.#headLength = 0
        this.#frameEnds()
      }
    }
    return !this.#stalled
  }

  #fail(why: string): boolean {
    this.#end(why)
    return false
  }

  #frameEnds(): void {
    const payload = this.#control.subarray(0, this.#controlLength)
    if (this.#type === frame.settings && !(this.#flags & 1)) {
      for (let i = 0; i + 6 <= payload.length; i += 6)
        if (payload.readUInt16BE(i) === 4) this.#mayStream += payload.readUInt32BE(i + 2) - defaultWindow
      this.#socket.write(frameOf(frame.settings, 1, 0, Buffer.alloc(0)))
      this.#flush()
    } else if (this.#type === frame.ping && !(this.#flags & 1)) {
      this.#socket.write(frameOf(frame.ping, 1, 0, Buffer.from(payload)))
    } else if (this.#type === frame.window) {
      const more = payload.readUInt32BE(0)
      if (this.#stream === 0) this.#mayConnection += more
      else this.#mayStream += more
      this.#flush()
    } else if (this.#type === frame.reset || this.#type === frame.goaway) this.#end(`frame of type ${this.#type}`)
    // Trailers: what they say is compressed; that they come is enough.
    else if ((this.#type === frame.headers || this.#type === frame.data) && this.#flags & 1) this.#end('stream ended')
  }

  #data(bytes: Buffer): void {
    this.received += bytes.length
    this.#sinceUpdate += bytes.length
    if (this.#sinceUpdate > this.#options.window / 2) {
      this.#socket.write(Buffer.concat([grant(0, this.#sinceUpdate), grant(1, this.#sinceUpdate)]))
      this.#sinceUpdate = 0
    }
    let at = 0
    while (at < bytes.length) {
      if (this.#prefixLength < 5) {
        const n = Math.min(5 - this.#prefixLength, bytes.length - at)
        bytes.copy(this.#prefix, this.#prefixLength, at, at + n)
        this.#prefixLength += n
        at += n
        if (this.#prefixLength < 5) return
      }
      const size = this.#prefix.readUInt32BE(1)
      if (!this.#body && bytes.length - at >= size) {
        const message = bytes.subarray(at, at + size)
        at += size
        this.#prefixLength = 0
        this.#options.message(message)
        continue
      }
      this.#body ??= Buffer.allocUnsafeSlow(size)
      const n = bytes.copy(this.#body, this.#bodyLength, at, Math.min(bytes.length, at + size - this.#bodyLength))
      this.#bodyLength += n
      at += n
      if (this.#bodyLength < size) return
      const message = this.#body
      this.#body = undefined
      this.#bodyLength = 0
      this.#prefixLength = 0
      this.#options.message(message)
    }
  }
}

function frameOf(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(frameHead + payload.length)
  bytes.writeUIntBE(payload.length, 0, 3)
  bytes[3] = type
  bytes[4] = flags
  bytes.writeUInt32BE(stream, 5)
  bytes.set(payload, frameHead)
  return bytes
}

/** SETTINGS_INITIAL_WINDOW_SIZE, and no server push. */
function settings(window: number): Buffer {
  const payload = Buffer.alloc(12)
  payload.writeUInt16BE(4, 0)
  payload.writeUInt32BE(window, 2)
  payload.writeUInt16BE(2, 6)
  return frameOf(frame.settings, 0, 0, payload)
}

function grant(stream: number, bytes: number): Buffer {
  if (bytes <= 0) return Buffer.alloc(0)
  const payload = Buffer.alloc(4)
  payload.writeUInt32BE(bytes)
  return frameOf(frame.window, 0, stream, payload)
}

/** Headers that are not put into any table: an index of the static table for the name where there is one, plain strings. */
function headersFor(path: string, port: number): Buffer {
  const text = (s: string) => Buffer.concat([Buffer.from([s.length]), Buffer.from(s)])
  return Buffer.concat([
    Buffer.from([0x83, 0x86]),
    Buffer.from([0x04]),
    text(path),
    Buffer.from([0x01]),
    text(`127.0.0.1:${port}`),
    Buffer.from([0x0f, 0x10]),
    text('application/grpc'),
    Buffer.from([0x00]),
    text('te'),
    text('trailers'),
  ])
}
