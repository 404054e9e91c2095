import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How a pod behaves: hung ones accept requests and never answer; slow ones begin at once and take a second; late ones begin after 0.8 s. */
export type Mode = 'ok' | 'broken' | 'hung' | 'slow' | 'late'

/** Pods of one region: HTTP servers on loopback ports that answer with the region's name. */
export class Region {
  readonly name: string
  readonly ports: number[] = []
  mode: Mode = 'ok'
  /** Attempts that arrived, whatever became of them. */
  attempts = 0
  readonly #servers: Server[] = []
  readonly #waiting = new Set<ServerResponse>()

  constructor(name: string) {
    this.name = name
  }

  async start(pods: number): Promise<this> {
    for (let i = 0; i < pods; i++) {
      const server = createServer((request, response) => {
        this.attempts++
        request.resume()
        if (this.mode === 'hung') this.#waiting.add(response)
        else if (this.mode === 'slow') {
          response.writeHead(200).flushHeaders()
          setTimeout(() => response.end(this.name), 1000)
        } else if (this.mode === 'late') setTimeout(() => response.end(this.name), 800)
        else response.writeHead(this.mode === 'ok' ? 200 : 503).end(this.name)
      })
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
      this.#servers.push(server)
      this.ports.push((server.address() as AddressInfo).port)
    }
    return this
  }

  stop(): void {
    for (const response of this.#waiting) response.destroy()
    for (const server of this.#servers) {
      server.closeAllConnections()
      server.close()
    }
  }
}
