import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { CurlArguments } from './arguments.ts'

/** A failed transfer with curl's exit code for it. */
export class TransferError extends Error {
  readonly exitCode: number
  constructor(exitCode: number, message: string) {
    super(message)
    this.exitCode = exitCode
  }
}

export interface Transfer {
  readonly response: IncomingMessage
  readonly body: Buffer
  readonly totalSeconds: number
  readonly connectSeconds: number
  readonly url: string
  readonly redirects: number
}

/** Fetches one URL, following redirects when asked to. */
export async function transfer(start: string, options: CurlArguments): Promise<Transfer> {
  const began = performance.now()
  let url = start
  for (let redirects = 0; redirects <= 20; redirects++) {
    const { response, body, connectSeconds } = await exchange(url, options, began)
    const { location } = response.headers
    const status = response.statusCode ?? 0
    if (!options.follow || location === undefined || status < 300 || status > 399) {
      return { response, body, connectSeconds, totalSeconds: (performance.now() - began) / 1000, url, redirects }
    }
    url = new URL(location, url).href
  }
  throw new TransferError(47, 'more than 20 redirects')
}

interface Exchange {
  readonly response: IncomingMessage
  readonly body: Buffer
  readonly connectSeconds: number
}

function exchange(url: string, options: CurlArguments, began: number): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    const target = new URL(url)
    const make = target.protocol === 'https:' ? httpsRequest : httpRequest
    let connectSeconds = 0
    const call = make(target, {
      method: options.method,
      headers: options.headers,
      agent: false,
      rejectUnauthorized: !options.insecure,
    })
    const timers: NodeJS.Timeout[] = []
    const timeout = (ms: number | undefined, what: string) => {
      const timer = ms === undefined ? undefined : setTimeout(() => fail(28, what), Math.max(ms, 0))
      if (timer) timers.push(timer)
      return timer
    }
    const fail = (exitCode: number, message: string) => {
      for (const timer of timers) clearTimeout(timer)
      call.destroy()
      reject(new TransferError(exitCode, message))
    }
    const spent = performance.now() - began
    timeout(options.maxTimeMs && options.maxTimeMs - spent, `operation timed out after ${options.maxTimeMs} ms`)
    const connecting = timeout(options.connectTimeoutMs, `connection timed out after ${options.connectTimeoutMs} ms`)
    call.on('socket', socket =>
      socket.on('connect', () => {
        connectSeconds = (performance.now() - began) / 1000
        clearTimeout(connecting)
      }),
    )
    call.on('error', (error: NodeJS.ErrnoException) => fail(...failure(error, target)))
    call.on('response', response => {
      const chunks: Buffer[] = []
      response.on('data', chunk => chunks.push(chunk))
      response.on('error', () => fail(56, 'the connection was closed before the whole answer had come'))
      response.on('end', () => {
        for (const timer of timers) clearTimeout(timer)
        resolve({ response, body: Buffer.concat(chunks), connectSeconds })
      })
    })
    call.end(options.body)
  })
}

/** curl's own exit codes. */
function failure(error: NodeJS.ErrnoException, target: URL): [number, string] {
  const at = `${target.hostname} port ${target.port || (target.protocol === 'https:' ? 443 : 80)}`
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') return [6, `could not resolve host: ${target.hostname}`]
  if (error.code === 'ECONNREFUSED') return [7, `failed to connect to ${at}: connection refused`]
  if (error.code === 'EHOSTUNREACH' || error.code === 'ENETUNREACH' || error.code === 'ETIMEDOUT') {
    return [7, `failed to connect to ${at}: ${error.code}`]
  }
  if (error.code === 'ECONNRESET' && error.message === 'socket hang up') return [52, 'empty reply from server']
  if (error.code === 'ECONNRESET') return [56, 'connection reset by peer']
  if (error.code?.startsWith('ERR_TLS') || error.code?.includes('CERT')) return [60, error.message]
  return [1, error.message]
}
