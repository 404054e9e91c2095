import { get, jsonOf } from '../common/call.ts'
import { forwardHeaders } from '../common/forward.ts'
import { type Identity, servedBy } from '../common/identity.ts'
import { type Handler, json } from '../common/service.ts'

export interface ReviewsOptions {
  /** v1 asks no ratings; v2 and v3 do. */
  readonly ratings: boolean
  readonly starColor: string
  /** Base URL of the ratings service. */
  readonly ratingsUrl: string
}

const texts = [
  [
    'Reviewer1',
    'Two pairs of twins, one town, and not a calm minute between them. I laughed from the first slap to the last.',
  ],
  ['Reviewer2', 'Quick, loud and great fun on a stage. Of all his comedies it is the one that asks the least of you.'],
] as const

/** `GET /reviews/ID`: two reviews, with stars where ratings are on. */
export function reviews(who: Identity, options: ReviewsOptions): Handler {
  // The known application's timeouts: its black stars are patient, its red ones are not.
  const timeoutMs = options.starColor === 'black' ? 10_000 : 2_500
  return async request => {
    if (request.path === '/health') return json(200, { status: 'Reviews is healthy' })
    const id = /^\/reviews\/(\d+)$/.exec(request.path)?.[1]
    if (request.method !== 'GET' || id === undefined) return undefined
    const reply = options.ratings
      ? await get(`${options.ratingsUrl}/ratings/${id}`, forwardHeaders(request.headers), timeoutMs)
      : undefined
    const stars = reply ? jsonOf<{ ratings?: Record<string, number> }>(reply)?.ratings : undefined
    const from = reply?.headers['x-served-by']
    return json(
      200,
      {
        id,
        podname: who.pod,
        clustername: who.cluster ?? 'null',
        reviews: texts.map(([reviewer, text]) => ({
          reviewer,
          text,
          ...(options.ratings ? { rating: rating(stars?.[reviewer], options.starColor) } : {}),
        })),
      },
      typeof from === 'string' ? { 'x-served-by': `${servedBy(who)}, ${from}` } : {},
    )
  }
}

function rating(stars: number | undefined, color: string) {
  if (typeof stars !== 'number' || stars < 0) return { error: 'Ratings service is currently unavailable' }
  return { stars, color }
}
