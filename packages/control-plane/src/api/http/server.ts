import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Log } from '../../runtime/index.ts'
import { ApiError, refusalOf } from '../problem.ts'
import { securityHeaders } from './headers.ts'
import { isLoopbackName } from './loopback.ts'
import { sendProblem } from './send.ts'

export interface KeyPair {
  readonly key: string
  readonly cert: string
}

export interface ListenOptions {
  readonly at: { readonly host: string; readonly port: number } | { readonly socket: string }
  /** Undefined: plain text. */
  readonly tls?: KeyPair
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  readonly log: Log
}

export interface Listening {
  readonly port: number
  /** New connections get the new certificate. */
  reload(tls: KeyPair): void
  close(): void
}

/** Proxies' connections share the process's file descriptors. */
const mostConnections = 2_000

/** HTTP/1.1, with TLS or without (then under loopback names only). Resolves when it listens. */
export async function listen({ at, tls, handle, log }: ListenOptions): Promise<Listening> {
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
    if (tls) response.setHeader('strict-transport-security', 'max-age=31536000')
    // A page elsewhere may give its own name this machine's address (DNS rebinding): then it reads as if it were ours.
    else if (!isLoopbackName(request.headers.host)) return refuse(response)
    handle(request, response).catch(error => {
      log.error(
        { error: String((error as Error)?.stack ?? error), url: request.url?.split('?')[0] },
        'api: request failed',
      )
      if (response.headersSent) response.destroy()
      else sendProblem(response, 500, { message: 'internal error; the control plane has logged it' })
    })
  }
  const server: Server | TlsServer = tls
    ? createTlsServer({ ...tls, minVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'] }, onRequest)
    : createServer(onRequest)
  server.maxConnections = mostConnections
  server.requestTimeout = 30_000
  server.headersTimeout = 10_000
  const sockets = new Set<Socket>()
  server.on('connection', socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    if ('socket' in at) server.listen(at.socket, resolve)
    else server.listen(at.port, at.host, resolve)
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    reload: pair => 'setSecureContext' in server && server.setSecureContext(pair),
    close() {
      server.close()
      // Streams never end by themselves.
      for (const socket of sockets) socket.destroy()
    },
  }
}

function refuse(response: ServerResponse): void {
  const refusal = refusalOf(new ApiError(403, 'ISM5106', 'plain text is answered only under a loopback name'))
  if (refusal) sendProblem(response, refusal.status, refusal.problem)
}
