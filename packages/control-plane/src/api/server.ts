import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { IsthmusError } from '@isthmus/errors'
import type { Log } from '../runtime/index.ts'
import type { Authorizer } from './access.ts'

/** Answers one path. The value becomes JSON; a thrown IsthmusError becomes its code and what mends it. */
export interface Route {
  /** `/api/v1/proxies` or with one trailing name: `/api/v1/proxies/:name`. */
  readonly path: string
  /** Health and metrics are for probes and scrapers, without a token. */
  readonly open?: boolean
  handle(query: URLSearchParams, name: string): Promise<unknown> | unknown
}

/** A text answer instead of JSON. */
export class Text {
  readonly contentType: string
  readonly body: string
  constructor(contentType: string, body: string) {
    this.contentType = contentType
    this.body = body
  }
}

/** Not found, with words for the reader. */
export class NotFound extends Error {}

/** The HTTP API of the CLI and the console: read views only. Resolves when it listens. */
export function serveApi(options: {
  readonly host: string
  readonly port: number
  readonly routes: readonly Route[]
  readonly authorizer: Authorizer
  readonly log: Log
}): Promise<Server> {
  const server = createServer((request, response) => {
    answer(request, response, options).catch(error => {
      options.log.error({ error: String(error), url: request.url }, 'api: request failed')
      if (!response.headersSent) send(response, 500, { message: 'internal error; the control plane has logged it' })
    })
  })
  server.requestTimeout = 30_000
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => resolve(server))
  })
}

async function answer(request: IncomingMessage, response: ServerResponse, options: Parameters<typeof serveApi>[0]) {
  const url = new URL(request.url ?? '/', 'http://api')
  const found = find(options.routes, url.pathname)
  if (!found)
    return send(response, 404, { message: `no such path: ${url.pathname}`, paths: options.routes.map(r => r.path) })
  if (request.method !== 'GET') return send(response, 405, { message: `only GET here, not ${request.method}` })
  if (!found.route.open) {
    const access = await options.authorizer.authorize(request, url.pathname)
    if (!access.allowed) return send(response, access.status, { message: access.why })
  }
  try {
    const value = await found.route.handle(url.searchParams, found.name)
    if (value instanceof Text) {
      response.writeHead(200, { 'content-type': value.contentType })
      response.end(value.body)
    } else send(response, 200, value)
  } catch (error) {
    if (error instanceof NotFound) return send(response, 404, { message: error.message })
    if (error instanceof IsthmusError)
      return send(response, 422, {
        code: error.code,
        reason: error.entry.reason,
        message: error.message,
        mend: error.entry.mend,
      })
    throw error
  }
}

function find(routes: readonly Route[], path: string): { route: Route; name: string } | undefined {
  for (const route of routes) {
    if (!route.path.endsWith('/:name')) {
      if (route.path === path) return { route, name: '' }
      continue
    }
    const prefix = route.path.slice(0, -':name'.length)
    if (path.startsWith(prefix) && path.length > prefix.length)
      return { route, name: decodeURIComponent(path.slice(prefix.length)) }
  }
  return undefined
}

function send(response: ServerResponse, status: number, body: unknown) {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(
    `${JSON.stringify(body, (_key, value) => (value instanceof Map ? Object.fromEntries(value) : typeof value === 'bigint' ? Number(value) : value))}\n`,
  )
}
