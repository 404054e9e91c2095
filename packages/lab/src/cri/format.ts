/**
 * The CRI log format: `TIME STREAM TAG TEXT`, where tag F ends a line and P is a part of one. The kubelet reads these
 * files for `kubectl logs`.
 * Source: kubernetes/design-proposals, kubelet-cri-logging.md
 */
export type LogStream = 'stdout' | 'stderr'

/** Longest text of one entry, in bytes: the kubelet's reader and others allow 16 KiB. */
export const longestEntry = 16 * 1024

/** Nanosecond times need nine digits; the clock gives three. */
export function logTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000000Z')
}

/** Cuts a stream of bytes into entries. `push` gives the entries that are whole, `end` what is left. */
export class LogCutter {
  readonly #stream: LogStream
  #rest: Buffer<ArrayBufferLike> = Buffer.alloc(0)

  constructor(stream: LogStream) {
    this.#stream = stream
  }

  push(chunk: Buffer, ms: number): Buffer {
    const data = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    const head = Buffer.from(`${logTime(ms)} ${this.#stream} `)
    const out: Buffer[] = []
    let from = 0
    for (;;) {
      const newline = data.indexOf(10, from)
      const end = newline < 0 ? data.length : newline
      while (end - from > longestEntry) {
        out.push(head, partTag, data.subarray(from, from + longestEntry), lineEnd)
        from += longestEntry
      }
      if (newline < 0) break
      out.push(head, fullTag, data.subarray(from, newline + 1))
      from = newline + 1
    }
    this.#rest = Buffer.from(data.subarray(from))
    return Buffer.concat(out)
  }

  /** What came after the last newline, as a whole line: the stream is over. */
  end(ms: number): Buffer {
    const rest = this.#rest
    this.#rest = Buffer.alloc(0)
    if (rest.length === 0) return rest
    return Buffer.concat([Buffer.from(`${logTime(ms)} ${this.#stream} `), partTag, rest, lineEnd])
  }
}

const fullTag = Buffer.from('F ')
const partTag = Buffer.from('P ')
const lineEnd = Buffer.from('\n')
