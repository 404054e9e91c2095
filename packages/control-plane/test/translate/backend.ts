import http, { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An application that says its name and counts; `answer` decides the status of each request; 0 is none. */
export interface Backend {
  readonly port: number
  readonly name: string
  readonly requests: { readonly method: string; readonly path: string; readonly headers: http.IncomingHttpHeaders }[]
  answer: (path: string) => number
  close(): Promise<void>
}

export async function backend(name: string): Promise<Backend> {
  const made: { -readonly [K in keyof Backend]: Backend[K] } = {
    port: 0,
    name,
    requests: [],
    answer: () => 200,
    close: () => closed(server),
  }
  const server = createServer((request, response) => {
    made.requests.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers })
    request.resume()
    const status = made.answer(request.url ?? '')
    if (status !== 0) response.writeHead(status, { 'x-backend': name }).end(name)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  made.port = (server.address() as AddressInfo).port
  return made
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise(resolve => server.close(() => resolve()))
}

export interface Reply {
  readonly status: number
  readonly body: string
  readonly headers: http.IncomingHttpHeaders
}

/** One request with a Host header of its own, which fetch does not allow. */
export function request(
  port: number,
  path: string,
  options: { to?: string; host?: string; method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const r = http.request(
      {
        host: options.to ?? '127.0.0.1',
        port,
        path,
        method: options.method ?? 'GET',
        headers: { ...(options.host ? { host: options.host } : {}), ...options.headers },
        agent: false,
        signal: AbortSignal.timeout(10_000),
      },
      response => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', chunk => {
          body += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }))
      },
    )
    r.on('error', reject)
    r.end(options.body)
  })
}
