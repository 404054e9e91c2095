import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Topic, topics } from '@isthmus/api'
import type { Clock, Log } from '../../runtime/index.ts'
import type { Caller } from '../call.ts'
import { ApiError, refusalOf } from '../problem.ts'
import { jsonText } from './send.ts'

/** Milliseconds. */
const tickMs = 1_000
const aliveMs = 15_000
const recheckMs = 5_000
/** Bytes that may wait for a slow reader before ticks are left out. */
const mostWaiting = 4_000_000

export interface StreamOptions {
  readonly topics: readonly Topic[]
  readonly caller: Caller
  /** What the operation behind a topic answers now. */
  readonly read: (topic: Topic) => Promise<unknown>
  /** Throws where the caller may no longer look. */
  readonly recheck: () => Promise<unknown>
  readonly clock: Clock
  readonly log: Log
}

/** `a,b`. Throws ISM5101. */
export function topicsOf(text: string): readonly Topic[] {
  const asked = [...new Set(text.split(',').filter(Boolean))]
  const unknown = asked.filter(t => !(topics as readonly string[]).includes(t))
  if (unknown.length > 0 || asked.length === 0)
    throw new ApiError(
      400,
      'ISM5101',
      `topics takes some of ${topics.join(', ')}${unknown[0] ? `, not ${unknown[0]}` : ''}`,
    )
  return asked as Topic[]
}

/**
 * Server-sent events: each topic as `event: TOPIC` with its operation's answer, at once and when it has changed, at most once
 * a second; `event: alive` in between, so that the reader knows how old its picture is; `event: problem` before an end.
 */
export function serveStream(request: IncomingMessage, response: ServerResponse, options: StreamOptions): void {
  const { clock, read } = options
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  response.write('retry: 2000\n\n')
  const sent = new Map<Topic, string>()
  let lastSent = clock.now()
  let lastCheck = clock.now()
  let ended = false
  let cancel = () => {}

  const send = (event: string, data: string) => {
    response.write(`event: ${event}\ndata: ${data}\n\n`)
    lastSent = clock.now()
  }
  const tick = async () => {
    if (ended) return
    if (clock.now() - lastCheck > recheckMs) {
      // Nothing more is sent until it is known that they may still look.
      await options.recheck()
      lastCheck = clock.now()
    }
    if (response.writableLength < mostWaiting)
      for (const topic of options.topics) {
        const value = await read(topic)
        if (ended) return
        const shape = comparable(value)
        if (sent.get(topic) === shape) continue
        sent.set(topic, shape)
        send(topic, jsonText(value))
      }
    if (clock.now() - lastSent > aliveMs) send('alive', jsonText({ at: clock.now() }))
  }
  const loop = () => {
    const began = clock.now()
    tick().then(
      () => {
        cancel = clock.after(Math.max(50, tickMs - (clock.now() - began)), loop)
      },
      error => {
        const refusal = refusalOf(error)
        if (!refusal) options.log.error({ error: String(error) }, 'api: a stream failed')
        // What passes (the mesh API away) does not end it; what is over does.
        if (!refusal || refusal.status >= 500) {
          cancel = clock.after(tickMs * 5, loop)
          return
        }
        send('problem', jsonText(refusal.problem))
        response.end()
      },
    )
  }
  request.socket.setKeepAlive(true, 15_000)
  response.on('close', () => {
    ended = true
    cancel()
  })
  loop()
}

/** The time of the answer alone is no news. */
function comparable(value: unknown): string {
  return jsonText(value && typeof value === 'object' && 'at' in value ? { ...value, at: 0 } : value)
}
