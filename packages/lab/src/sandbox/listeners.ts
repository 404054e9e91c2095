import { createServer, type Server, type Socket } from 'node:net'
import { dial } from './channel.ts'
import { accepted, join } from './relay.ts'

/** Takes the first byte, and leaves the rest. */
function hasAccepted(inside: Socket): Promise<boolean> {
  return new Promise(resolve => {
    inside.once('readable', () => resolve(inside.read(1)?.toString() === accepted))
    inside.once('close', () => resolve(false))
    inside.on('error', () => resolve(false))
  })
}

/** A port on this machine's loopback that leads into the sandbox. */
export interface ListenRequest {
  /** The registered forward it leads to. */
  readonly forward: string
  readonly address: string
  /** Tried in order; 0 is any free one. */
  readonly ports: readonly number[]
}

/** The host's end of the relay. */
export class Listeners {
  readonly #relay: string
  readonly #servers = new Map<string, { server: Server; port: number; address: string; sockets: Set<Socket> }>()

  /** @param relay the inside end's socket, as reached from here. */
  constructor(relay: string) {
    this.#relay = relay
  }

  /** @returns the port it got. Throws when none of them may be had: the last one's EADDRINUSE or EACCES. */
  async listen(request: ListenRequest): Promise<{ port: number }> {
    await this.unlisten(request)
    let failure: unknown
    for (const port of request.ports) {
      try {
        return { port: await this.#open(request.forward, request.address, port) }
      } catch (error) {
        failure = error
      }
    }
    throw failure ?? new Error('no port was asked for')
  }

  async unlisten({ forward }: { readonly forward: string }): Promise<void> {
    const open = this.#servers.get(forward)
    if (!open) return
    this.#servers.delete(forward)
    const closed = new Promise<void>(resolve => open.server.close(() => resolve()))
    for (const socket of open.sockets) socket.destroy()
    await closed
  }

  async close(): Promise<void> {
    await Promise.all([...this.#servers.keys()].map(forward => this.unlisten({ forward })))
  }

  #open(forward: string, address: string, port: number): Promise<number> {
    const sockets = new Set<Socket>()
    const server = createServer({ allowHalfOpen: true, noDelay: true }, async socket => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      socket.on('error', () => {})
      const inside = await dial(this.#relay).catch(() => undefined)
      inside?.write(`${forward}\n`)
      // Nobody there is said as a closed port would: by a reset.
      if (!inside || !(await hasAccepted(inside))) return void socket.resetAndDestroy()
      if (socket.destroyed) inside.destroy()
      else join(socket, inside)
    })
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, address, () => {
        const got = (server.address() as { port: number }).port
        this.#servers.set(forward, { server, port: got, address, sockets })
        resolve(got)
      })
    })
  }
}
