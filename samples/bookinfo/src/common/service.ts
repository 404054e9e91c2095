import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { carryOut, type FaultSwitch, noFault, openFaultDoor, parseFault } from './fault.ts'
import { type Identity, servedBy } from './identity.ts'

export interface Request {
  readonly method: string
  /** Decoded by nobody: as it was sent, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** The whole body; refused above 64 KiB. */
  body(): Promise<string>
  readonly raw: IncomingMessage
}

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body: string | Buffer
}

/** Gives the answer, or undefined where there is none (404). */
export type Handler = (request: Request) => Promise<Answer | undefined> | Answer | undefined

export interface ServiceOptions {
  readonly who: Identity
  readonly handler: Handler
  /** 0: any free one. */
  readonly port: number
  readonly host?: string
  /** Where the fault switch listens (`127.0.0.1:9099`); undefined: nowhere. */
  readonly faultDoor?: string
  /** The fault to start with, as `parseFault` reads it. */
  readonly fault?: string
  /** One line for each request. */
  readonly log?: (line: string) => void
}

export interface Service {
  readonly port: number
  readonly faults: FaultSwitch
  /** Where the fault switch listens, if it does. */
  readonly faultPort?: number
  /** Goes on answering until nothing new has come for `quietMs` (at most `patienceMs`), finishes what is in flight, ends. */
  stop(quietMs?: number, patienceMs?: number): Promise<void>
}

/** Starts an HTTP server that answers with `x-served-by`, can be broken while it lives, and ends without failing a request. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const faults: FaultSwitch = { current: parseFault(options.fault ?? '') ?? noFault }
  const state = { stopping: false, lastRequest: 0 }
  const server = createServer((request, response) => {
    state.lastRequest = Date.now()
    if (state.stopping) response.setHeader('connection', 'close')
    void answer(options, faults, request, response)
  })
  // A proxy in front keeps connections longer than Node's 5 s; were we to close first, a request could meet the closing.
  server.keepAliveTimeout = 0
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  const door = options.faultDoor ? await openFaultDoor(faults, options.faultDoor) : undefined
  return {
    port: (server.address() as AddressInfo).port,
    faults,
    faultPort: door ? (door.address() as AddressInfo).port : undefined,
    async stop(quietMs = 0, patienceMs = 0) {
      state.stopping = true
      await quiet(state, quietMs, patienceMs)
      door?.close()
      await close(server, patienceMs)
    },
  }
}

async function answer(
  options: ServiceOptions,
  faults: FaultSwitch,
  request: IncomingMessage,
  response: ServerResponse,
) {
  response.setHeader('x-served-by', servedBy(options.who))
  if (await carryOut(faults.current, request, response)) return
  const url = new URL(request.url ?? '/', 'http://service')
  let given: Answer | undefined
  try {
    given = await options.handler({
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: () => readBody(request),
      raw: request,
    })
  } catch (error) {
    console.log(error)
    given = json(500, { error: 'internal error' })
  }
  given ??= json(404, { error: `nothing at ${url.pathname}` })
  for (const [name, value] of Object.entries(given.headers ?? {})) response.setHeader(name, value)
  response.setHeader('content-length', Buffer.byteLength(given.body))
  response.writeHead(given.status)
  response.end(request.method === 'HEAD' ? undefined : given.body)
  options.log?.(`${request.method} ${request.url} ${given.status}`)
}

const largestBody = 64 * 1024

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > largestBody) throw new Error('the body is larger than 64 KiB')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

async function quiet(state: { lastRequest: number }, quietMs: number, patienceMs: number): Promise<void> {
  const began = Date.now()
  const until = began + patienceMs
  while (Date.now() < until && Date.now() - Math.max(began, state.lastRequest) < quietMs) {
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

/** Connections are closed as they fall idle; requests that never end (a `hang`) are cut when the patience is over. */
async function close(server: Server, patienceMs: number): Promise<void> {
  const idle = setInterval(() => server.closeIdleConnections(), 20)
  const cut = setTimeout(() => server.closeAllConnections(), Math.max(patienceMs, 100))
  await new Promise<void>(resolve => server.close(() => resolve()))
  clearInterval(idle)
  clearTimeout(cut)
}

export function json(status: number, value: unknown, headers: Answer['headers'] = {}): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) }
}
