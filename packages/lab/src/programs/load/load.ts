import { Agent, request } from 'node:http'
import { type Outcome, type Summary, Tally } from './summary.ts'

export interface LoadOptions {
  readonly url: string
  /** Requests a second, sent when they are due whether or not earlier ones have been answered. */
  readonly rate: number
  /** Unset: until `stop`. */
  readonly durationMs?: number
  /** A request without a whole answer after this long has failed; 10,000 unless set. */
  readonly timeoutMs?: number
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** The region from which everything else is elsewhere. */
  readonly home?: string
  /** A good answer must satisfy this as well: a page can say with status 200 that a part of it is missing. */
  readonly accept?: (body: string) => boolean
}

/** A run under way. */
export interface Load {
  summary(): Summary
  /** Ends when the duration is over or `stop` was called, and every request has been answered or given up. */
  readonly done: Promise<Summary>
  stop(): Promise<Summary>
}

/** Most requests under way at once; beyond it a request that is due counts as failed (`error`) without being sent. */
const mostInFlight = 5000

/** An open-loop load: latency counts from when a request was due, so that a stall is seen as what it was. */
export function startLoad(options: LoadOptions): Load {
  const tally = new Tally(options.home)
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
  const began = performance.now()
  let due = 0
  let inFlight = 0
  let stopped = false
  let finish: (summary: Summary) => void
  const done = new Promise<Summary>(resolve => {
    finish = resolve
  })
  const elapsed = () => performance.now() - began

  const settle = () => {
    if (!stopped || inFlight > 0) return
    agent.destroy()
    finish(tally.summary(elapsed()))
  }
  const send = (dueMs: number) => {
    tally.sent()
    if (inFlight >= mostInFlight) return tally.ended({ kind: 'error' }, 0, elapsed())
    inFlight++
    exchange(options, agent, outcome => {
      inFlight--
      tally.ended(outcome, elapsed() - dueMs, elapsed())
      settle()
    })
  }
  const tick = () => {
    const now = options.durationMs === undefined ? elapsed() : Math.min(elapsed(), options.durationMs)
    const wanted = Math.floor((now * options.rate) / 1000)
    for (; due < wanted; due++) send((due * 1000) / options.rate)
    if (options.durationMs !== undefined && elapsed() >= options.durationMs) end()
  }
  const timer = setInterval(tick, Math.max(2, Math.min(50, 500 / options.rate)))
  const end = () => {
    if (stopped) return
    stopped = true
    clearInterval(timer)
    settle()
  }
  return {
    summary: () => tally.summary(elapsed()),
    done,
    stop() {
      end()
      return done
    },
  }
}

/**
 * One request. Like every HTTP client it sends once more when a kept connection turns out to have been closed meanwhile:
 * nothing has been answered then, and the next connection is a new one.
 */
function exchange(options: LoadOptions, agent: Agent | false, ended: (outcome: Outcome) => void): void {
  let over = false
  const end = (outcome: Outcome) => {
    if (over) return
    over = true
    clearTimeout(deadline)
    ended(outcome)
  }
  const call = request(options.url, { agent, method: options.method ?? 'GET', headers: options.headers }, response => {
    let body = ''
    response.setEncoding('utf8')
    response.on('data', chunk => {
      if (options.accept) body += chunk
    })
    response.on('error', () => end({ kind: 'reset' }))
    response.on('end', () => {
      const header = response.headers['x-served-by']
      end({
        kind: 'answer',
        status: response.statusCode ?? 0,
        servedBy: typeof header === 'string' ? header : undefined,
        accepted: options.accept?.(body),
      })
    })
  })
  const deadline = setTimeout(() => {
    end({ kind: 'timeout' })
    call.destroy()
  }, options.timeoutMs ?? 10_000)
  call.on('error', (error: NodeJS.ErrnoException) => {
    if (over || !call.reusedSocket || error.code !== 'ECONNRESET') return end({ kind: kindOf(error) })
    over = true
    clearTimeout(deadline)
    exchange(options, false, ended)
  })
  call.end()
}

function kindOf(error: NodeJS.ErrnoException): 'refused' | 'reset' | 'error' {
  if (error.code === 'ECONNREFUSED') return 'refused'
  return error.code === 'ECONNRESET' || error.code === 'EPIPE' ? 'reset' : 'error'
}
