import { connect, createServer, type Server } from 'node:net'

const longMs = 60_000

/** Passes what comes on a unix socket to a port on loopback, and knows what went the other way. */
export class Relay {
  readonly #server: Server
  readonly #awaited = new Map<string, () => void>()

  constructor(port: number) {
    this.#server = createServer(socket => {
      const server = connect(port, '127.0.0.1')
      let tail = Buffer.alloc(0)
      server.on('data', piece => {
        if (this.#awaited.size === 0) return
        // What is awaited may lie across two pieces.
        const seen = Buffer.concat([tail, piece])
        for (const [marker, resolve] of this.#awaited) {
          if (!seen.includes(marker)) continue
          this.#awaited.delete(marker)
          resolve()
        }
        tail = Buffer.from(seen.subarray(-100))
      })
      socket.pipe(server).pipe(socket)
      for (const end of [socket, server]) end.on('error', () => end.destroy())
      socket.on('close', () => server.destroy())
    })
  }

  listen(path: string): Promise<void> {
    return new Promise(resolve => this.#server.listen(path, resolve))
  }

  /** Resolves when a text came from the port, rejects after a minute. Nothing may be compressed. */
  passed(marker: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const tooLong = setTimeout(() => reject(new Error(`nothing with ${marker} came in ${longMs / 1000} s`)), longMs)
      this.#awaited.set(marker, () => {
        clearTimeout(tooLong)
        resolve()
      })
    })
  }

  close(): void {
    this.#server.close()
  }
}
