import { IsthmusError } from '@isthmus/errors'

/* gRPC over HTTP/2: a message is one flag byte, its length in four bytes, its bytes
   (github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). */

export const frameHead = 5

/** Puts messages together from whatever pieces they arrive in. Holds at most one message of the allowed size. */
export class FrameReader {
  readonly #limit: number
  #pieces: Buffer[] = []
  #length = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** The messages that are complete now. Throws ISM3010 or ISM3011: the stream is of no use after that. */
  push(piece: Buffer): readonly Buffer[] {
    this.#pieces.push(piece)
    this.#length += piece.length
    const messages: Buffer[] = []
    for (let message = this.#take(); message; message = this.#take()) messages.push(message)
    return messages
  }

  #take(): Buffer | undefined {
    if (this.#length < frameHead) return undefined
    const head = this.#joined(frameHead)
    if (head[0] !== 0) {
      throw new IsthmusError('ISM3010', head[0] === 1 ? 'compressed messages are not taken' : 'not a gRPC frame')
    }
    const length = head.readUInt32BE(1)
    if (length > this.#limit) {
      throw new IsthmusError('ISM3011', `a request of ${length} bytes, the limit is ${this.#limit}`)
    }
    if (this.#length < frameHead + length) return undefined
    const frame = this.#joined(frameHead + length)
    this.#drop(frameHead + length)
    return frame.subarray(frameHead, frameHead + length)
  }

  /** A piece that begins with so many bytes, and may have more. */
  #joined(size: number): Buffer {
    const first = this.#pieces[0]!
    if (first.length >= size) return first
    const joined = Buffer.concat(this.#pieces)
    this.#pieces = [joined]
    return joined
  }

  #drop(size: number): void {
    this.#length -= size
    let left = size
    while (left > 0) {
      const first = this.#pieces[0]!
      if (first.length > left) {
        this.#pieces[0] = first.subarray(left)
        return
      }
      left -= first.length
      this.#pieces.shift()
    }
  }
}

/** The head of a message of this length, with room behind it for `extra` bytes. */
export function frameStart(length: number, extra: number): Buffer {
  const buffer = Buffer.allocUnsafe(frameHead + extra)
  buffer[0] = 0
  buffer.writeUInt32BE(length, 1)
  return buffer
}

/** grpc-status codes in use here. */
export const grpcStatus = {
  ok: 0,
  invalidArgument: 3,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const

/** A message fit for the grpc-message trailer: percent-encoded where it must be. */
export function grpcMessage(text: string): string {
  return text.replaceAll(/[^ -$&-~]/gu, c => encodeURIComponent(c))
}
