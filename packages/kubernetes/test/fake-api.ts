import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AnyObject } from '../src/index.ts'

/** A tiny Kubernetes API over plain HTTP for pods of one namespace: list, watch with bookmarks, 410, and failures on demand. */
export class FakeApi {
  readonly requests: string[] = []
  readonly pods = new Map<string, AnyObject>()
  /** Answers every request with this instead. */
  failWith: { status: number; reason: string } | undefined
  version = 100
  /** Watches from before this version get 410. */
  oldest = 0
  #server: Server
  #watches = new Set<ServerResponse>()

  constructor() {
    this.#server = createServer((request, response) => this.#serve(request, response))
  }

  async start(port = 0): Promise<string> {
    await new Promise<void>(resolve => this.#server.listen(port, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(resolve))
  }

  put(name: string, more: object = {}): void {
    const type = this.pods.has(name) ? 'MODIFIED' : 'ADDED'
    const metadata = { name, namespace: 'default', resourceVersion: String(++this.version) }
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata, ...more }
    this.pods.set(name, pod)
    this.#tell(type, pod)
  }

  remove(name: string): void {
    const pod = this.pods.get(name)
    this.pods.delete(name)
    this.version++
    if (pod) this.#tell('DELETED', { ...pod, metadata: { ...pod.metadata, resourceVersion: String(this.version) } })
  }

  bookmark(): void {
    this.#tell('BOOKMARK', { metadata: { resourceVersion: String(this.version) } })
  }

  get watching(): number {
    return this.#watches.size
  }

  dropWatches(): void {
    for (const w of this.#watches) w.socket?.destroy()
  }

  #tell(type: string, object: object): void {
    for (const w of this.#watches) w.write(`${JSON.stringify({ type, object })}\n`)
  }

  #serve(request: IncomingMessage, response: ServerResponse): unknown {
    const url = new URL(request.url ?? '/', 'http://x')
    this.requests.push(`${request.method} ${url.pathname}${url.searchParams.get('watch') ? '?watch' : ''}`)
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    if (this.failWith)
      return answer(this.failWith.status, { kind: 'Status', message: 'as told', reason: this.failWith.reason })
    if (url.pathname === '/version') return answer(200, { major: '1' })
    if (url.pathname === '/apis/example.dev/v1')
      return answer(200, { resources: [{ name: 'widgets', kind: 'Widget', namespaced: true }] })
    if (url.pathname === '/apis/example.dev/v1/namespaces/default/widgets/w')
      return answer(200, { apiVersion: 'example.dev/v1', kind: 'Widget', metadata: { name: 'w' } })
    if (url.pathname === '/api/v1/pods' || url.pathname === '/api/v1/namespaces/default/pods') {
      if (!url.searchParams.get('watch')) return answer(200, this.#page(url))
      if (Number(url.searchParams.get('resourceVersion')) < this.oldest)
        return answer(410, { kind: 'Status', reason: 'Expired', message: 'too old resource version', code: 410 })
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
      this.#watches.add(response)
      return response.on('close', () => this.#watches.delete(response))
    }
    return answer(404, { kind: 'Status', reason: 'NotFound', message: `${url.pathname} not found` })
  }

  /** Two at a time, so that paging is exercised. */
  #page(url: URL): object {
    const from = Number(url.searchParams.get('continue') || 0)
    const all = [...this.pods.values()].map(({ apiVersion: _a, kind: _k, ...rest }) => rest)
    const more = from + 2 < all.length ? String(from + 2) : ''
    return { metadata: { resourceVersion: String(this.version), continue: more }, items: all.slice(from, from + 2) }
  }
}
