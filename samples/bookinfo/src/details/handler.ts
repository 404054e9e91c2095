import { type Handler, json } from '../common/service.ts'

/** `GET /details/ID`: what is known of a book. */
export const details: Handler = request => {
  if (request.path === '/health') return json(200, { status: 'Details is healthy' })
  if (request.method !== 'GET' || !request.path.startsWith('/details')) return undefined
  const id = /^\/details\/(\d+)$/.exec(request.path)?.[1]
  if (id === undefined) return json(400, { error: 'please provide numeric product id' })
  return json(200, {
    id: Number(id),
    author: 'William Shakespeare',
    year: 1595,
    type: 'paperback',
    pages: 200,
    publisher: 'PublisherA',
    language: 'English',
    'ISBN-10': '1234567890',
    'ISBN-13': '123-1234567890',
  })
}
