import type { IncomingMessage, ServerResponse } from 'node:http'
import { type OperationId, paths, type Topic } from '@isthmus/api'
import type { Registry } from 'prom-client'
import type { Clock, Log } from '../../runtime/index.ts'
import type { Gate } from '../auth/index.ts'
import { cookieName } from '../auth/index.ts'
import type { Call, Caller, Handlers } from '../call.ts'
import { ApiError, refusalOf } from '../problem.ts'
import { serveConsole } from './console.ts'
import { openApi } from './openapi.ts'
import { bodyOf, type Matched, queryOf, route } from './router.ts'
import { sendJson, sendProblem, sendText } from './send.ts'
import { Shared } from './shared.ts'
import { serveStream, topicsOf } from './stream.ts'
import { Streams } from './streams.ts'

export interface ApiOptions {
  readonly handlers: Handlers
  /** Paths beside the API, for operators: asked as `get` of the path. */
  readonly routes: readonly Route[]
  readonly gate: Gate
  /** Undefined once it serves; else what it waits for. */
  readonly waitingFor: () => string | undefined
  readonly metrics: Registry
  /** Folder of the built console. */
  readonly console: string
  readonly clock: Clock
  readonly log: Log
}

/** A path of its own, whose answer becomes JSON. */
export interface Route {
  readonly path: string
  handle(query: URLSearchParams): unknown
}

const largestBody = 2 * 1024 * 1024
/** Who is signed in may always ask these: they say only what is theirs. */
const ofTheCaller: ReadonlySet<OperationId> = new Set(['getSession', 'signOut', 'createSignInLink'])

const operationOf: Readonly<Record<Topic, OperationId>> = {
  overview: 'getOverview',
  matrix: 'getMatrix',
  'regional-traffic': 'getRegionalTraffic',
  clusters: 'listClusters',
  proxies: 'listProxies',
  gateways: 'listGateways',
  events: 'listEvents',
  services: 'listServices',
}
const withService: ReadonlySet<Topic> = new Set(['matrix', 'regional-traffic', 'events'])

/** Answers requests: probes and metrics without a token, the API with one, the console's files. */
export function apiHandler(options: ApiOptions): (q: IncomingMessage, r: ServerResponse) => Promise<void> {
  const { handlers, gate, clock, log } = options
  const shared = new Shared(clock, 900)
  const streams = new Streams()

  const run = async (id: OperationId, call: Call): Promise<unknown> => {
    const handler = (handlers as unknown as Readonly<Record<string, (c: Call) => unknown>>)[id]
    return handler?.(call)
  }

  async function api(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const matched = route(request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET'), url.pathname)
    const { id } = matched
    if (id === 'signIn' || id === 'signInByLink') return signIn(id, request, response)
    const caller = await gate.caller(request)
    const path = paths[id][1].includes('{') ? url.pathname : paths[id][1]
    if (!ofTheCaller.has(id)) await gate.authorize(caller, { path, verb: 'get' })
    if (id === 'signOut') {
      gate.signOut(request)
      return sendJson(response, 200, {}, { 'set-cookie': cookie(request, '', 0) })
    }
    const call = await callOf(matched, request, url, caller)
    if (id === 'stream') {
      await mayRead(caller, call)
      return stream(request, response, call)
    }
    sendJson(response, 200, await run(id, call))
  }

  /** A topic is what its operation answers: who may not ask that is not told here either. */
  async function mayRead(caller: Caller, call: Call): Promise<void> {
    const { topics } = call.query as unknown as { topics: string }
    for (const topic of topicsOf(topics))
      await gate.authorize(caller, { path: paths[operationOf[topic]][1], verb: 'get' })
  }

  async function callOf(matched: Matched, request: IncomingMessage, url: URL, caller: Caller): Promise<Call> {
    const { id, params } = matched
    const query = queryOf(id, url.searchParams)
    const body = bodyOf(id, request.method === 'GET' || request.method === 'HEAD' ? '' : await textOf(request))
    return { id, params, query, body, caller } as unknown as Call
  }

  async function signIn(id: 'signIn' | 'signInByLink', request: IncomingMessage, response: ServerResponse) {
    const body = bodyOf(id, await textOf(request)) as { token: string; code: string }
    const signed =
      id === 'signIn' ? await gate.signIn(request, body.token) : await gate.signInByLink(request, body.code)
    const call = { id: 'getSession', params: {}, query: {}, body: undefined, caller: signed.caller } as unknown as Call
    const maxAge = Math.floor(((signed.caller.session?.expiresAt ?? 0) - clock.now()) / 1000)
    sendJson(response, 200, await run('getSession', call), { 'set-cookie': cookie(request, signed.id, maxAge) })
  }

  function stream(request: IncomingMessage, response: ServerResponse, call: Call): void {
    const { topics, service } = call.query as unknown as { topics: string; service?: string }
    const { caller } = call
    const read = (topic: Topic) => {
      const query = queryOf(
        operationOf[topic],
        new URLSearchParams(service && withService.has(topic) ? { service } : {}),
      )
      const made = () => run(operationOf[topic], { ...call, id: operationOf[topic], query } as Call)
      // Only what is the same for everybody is shared: gateways are read as the user.
      return topic === 'gateways'
        ? shared.get(`${caller.user} ${topic}`, made)
        : shared.get(`${topic} ${service ?? ''}`, made)
    }
    response.once('close', streams.begin(caller.user))
    serveStream(request, response, {
      ...{ topics: topicsOf(topics), caller, read, clock, log },
      recheck: async () => {
        const now = await gate.caller(request, true)
        await gate.authorize(now, { path: paths.stream[1], verb: 'get' })
        await mayRead(now, call)
      },
    })
  }

  return async (request, response) => {
    try {
      if (!URL.canParse(request.url ?? '/', 'http://api')) throw new ApiError(400, 'ISM5101', 'the address is no URL')
      const url = new URL(request.url ?? '/', 'http://api')
      const { pathname } = url
      if (pathname.startsWith('/api/')) {
        if (pathname === '/api/v1/openapi.json') return sendJson(response, 200, openApi())
        return await api(request, response, url)
      }
      if (request.method !== 'GET' && request.method !== 'HEAD')
        throw new ApiError(405, 'ISM5102', `only GET here, not ${request.method}`, { headers: { allow: 'GET, HEAD' } })
      if (pathname === '/healthz') return sendText(response, 200, 'text/plain', 'ok\n')
      if (pathname === '/readyz') {
        const waiting = options.waitingFor()
        if (waiting) return sendText(response, 503, 'text/plain', `not ready: ${waiting}\n`)
        return sendText(response, 200, 'text/plain', 'ok\n')
      }
      const own = options.routes.find(r => r.path === pathname)
      if (own) {
        await gate.authorize(await gate.caller(request), { path: pathname, verb: 'get' })
        return sendJson(response, 200, await own.handle(url.searchParams))
      }
      if (pathname === '/metrics')
        return sendText(response, 200, options.metrics.contentType, await options.metrics.metrics())
      return await serveConsole(options.console, pathname, request, response)
    } catch (error) {
      const refusal = refusalOf(error)
      if (!refusal) throw error
      const challenge: Record<string, string> = refusal.status === 401 ? { 'www-authenticate': 'Bearer' } : {}
      sendProblem(response, refusal.status, refusal.problem, { ...challenge, ...refusal.headers })
    }
  }
}

/** `__Host-` and Secure where the connection is TLS: no other name or path of the host can set or get it. */
function cookie(request: IncomingMessage, value: string, maxAge: number): string {
  const secure = 'encrypted' in request.socket
  const name = secure ? `__Host-${cookieName}` : cookieName
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAge}${secure ? '; Secure' : ''}`
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size > largestBody) throw new ApiError(413, 'ISM5117', `more than ${largestBody} bytes`)
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}
