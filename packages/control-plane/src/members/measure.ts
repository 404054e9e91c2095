import { lookup } from 'node:dns/promises'
import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ClusterAccess } from '@isthmus/kubernetes'
import type { Handshake, Reach } from './symptoms.ts'

/**
 * Milliseconds TCP and TLS have, each. An inter-region connection without a bandwidth plan lets a TCP connection through,
 * and TLS after a dozen seconds: the deadline makes the difference definite.
 */
const connectDeadline = 5_000

export interface Target {
  readonly host: string
  readonly port: number
}

/** Host and port of an API server's URL. Throws where it is no https URL. */
export function targetOf(server: string): Target {
  const url = new URL(server)
  if (url.protocol !== 'https:') throw new Error(`${server} is not an https URL`)
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 443) }
}

/** The IP address of a host; undefined where its name cannot be resolved. */
export async function resolve(host: string): Promise<string | undefined> {
  if (isIP(host)) return host
  return lookup(host).then(
    found => found.address,
    () => undefined,
  )
}

const byCode: Readonly<Record<string, Reach['kind']>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ETIMEDOUT: 'timeout',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
}

/** One TCP connection; the socket is given along where it opened. */
export function measureTcp(
  target: Target,
  deadline = connectDeadline,
): Promise<{ reach: Reach; socket?: Socket; ms: number }> {
  const start = performance.now()
  return new Promise(done => {
    const socket = connect(target)
    const end = (reach: Reach, kept?: Socket) => {
      clearTimeout(timer)
      if (!kept) socket.destroy()
      done({ reach, socket: kept, ms: Math.round(performance.now() - start) })
    }
    const timer = setTimeout(() => end({ kind: 'timeout', detail: `no answer within ${deadline / 1000} s` }), deadline)
    socket.once('connect', () => end({ kind: 'connected', detail: '' }, socket))
    socket.once('error', (error: NodeJS.ErrnoException) =>
      end({ kind: byCode[error.code ?? ''] ?? 'reset', detail: error.code ?? error.message }),
    )
  })
}

/** A TLS handshake on an open connection, and whether the certificate is what the access trusts. Ends the connection. */
export function measureTls(
  socket: Socket,
  target: Target,
  access: Pick<ClusterAccess, 'ca' | 'tlsServerName' | 'insecureSkipTlsVerify'>,
  deadline = connectDeadline,
): Promise<Handshake> {
  return new Promise(done => {
    const name = access.tlsServerName ?? target.host
    const tls = connectTls({
      socket,
      host: name,
      ...(isIP(name) ? {} : { servername: name }),
      ...(access.ca ? { ca: access.ca } : {}),
      // The handshake is finished either way: what is wrong with the certificate is said by name.
      rejectUnauthorized: false,
    })
    const end = (handshake: Handshake) => {
      clearTimeout(timer)
      tls.destroy()
      socket.destroy()
      done(handshake)
    }
    const timer = setTimeout(
      () => end({ kind: 'timeout', detail: `TLS not complete within ${deadline / 1000} s` }),
      deadline,
    )
    tls.once('secureConnect', () => {
      if (tls.authorized || access.insecureSkipTlsVerify) return end({ kind: 'done', detail: '' })
      const error = tls.authorizationError as unknown as string | Error
      end({ kind: 'untrusted', detail: error instanceof Error ? error.message : String(error) })
    })
    tls.once('error', error => end({ kind: 'failed', detail: error.message }))
    tls.once('close', () => end({ kind: 'failed', detail: 'the connection was closed during the TLS handshake' }))
  })
}
