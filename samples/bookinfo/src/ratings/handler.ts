import { type Handler, json } from '../common/service.ts'

type Ratings = Readonly<Record<string, number>>

/** `GET /ratings/ID` and `POST /ratings/ID`, which changes them in this process's memory. */
export function ratings(): Handler {
  const changed = new Map<number, Ratings>()
  return async request => {
    if (request.path === '/health') return json(200, { status: 'Ratings is healthy' })
    if (!request.path.startsWith('/ratings')) return undefined
    const text = /^\/ratings\/(\d+)$/.exec(request.path)?.[1]
    if (text === undefined) return json(400, { error: 'please provide numeric product ID' })
    const id = Number(text)
    if (request.method === 'POST') {
      const given = parse(await request.body())
      if (!given) return json(400, { error: 'please provide valid ratings JSON' })
      changed.set(id, given)
    } else if (request.method !== 'GET') return undefined
    return json(200, { id, ratings: changed.get(id) ?? { Reviewer1: 5, Reviewer2: 4 } })
  }
}

function parse(body: string): Ratings | undefined {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Ratings) : undefined
  } catch {
    return undefined
  }
}
