import { forwardHeaders } from '../common/forward.ts'
import { type Identity, servedBy } from '../common/identity.ts'
import { type Answer, type Handler, json, type Request } from '../common/service.ts'
import { Backends, type BackendUrls, type Given } from './backends.ts'
import { indexPage } from './index-page.ts'
import { productPage } from './page.ts'
import { products } from './products.ts'
import { Sessions } from './session.ts'
import { staticFile } from './static.ts'

export interface ProductPageOptions {
  readonly urls: BackendUrls
  /** For one call to another service; 3,000 unless set. */
  readonly timeoutMs?: number
  readonly sessionKey?: string
}

/** Everything productpage answers. */
export function productpage(who: Identity, options: ProductPageOptions): Handler {
  const backends = new Backends(options.urls, options.timeoutMs)
  const sessions = new Sessions(options.sessionKey)
  const requests = new Map<string, number>()

  const counted = <T>(app: string, given: Given<T>): Given<T> => {
    const key = `request_result_total{destination_app="${app}",response_code="${given.status}"}`
    requests.set(key, (requests.get(key) ?? 0) + 1)
    return given
  }
  const headersOf = (request: Request, user: string | undefined) => ({
    ...forwardHeaders(request.headers),
    ...(user === undefined ? {} : { 'end-user': encodeURIComponent(user).replaceAll('%20', ' ') }),
  })
  const served = (...given: Given<unknown>[]) => ({
    'x-served-by': [servedBy(who), ...given.map(one => one.servedByHeader)].filter(Boolean).join(', '),
  })

  async function front(request: Request, user: string | undefined): Promise<Answer> {
    const headers = headersOf(request, user)
    const details = counted('details', await backends.details('0', headers))
    const reviews = counted('reviews', await backends.reviews('0', headers))
    return {
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8', ...served(details, reviews) },
      body: productPage({ who, user, details, reviews }),
    }
  }

  async function api(request: Request, user: string | undefined): Promise<Answer | undefined> {
    if (request.path === '/api/v1/products') return json(200, products)
    const [, id, part] = /^\/api\/v1\/products\/(\w+)(?:\/(reviews|ratings))?$/.exec(request.path) ?? []
    if (id === undefined) return undefined
    const headers = headersOf(request, user)
    const given =
      part === 'reviews'
        ? counted('reviews', await backends.reviews(id, headers))
        : part === 'ratings'
          ? counted('ratings', await backends.ratings(id, headers))
          : counted('details', await backends.details(id, headers))
    return json(given.status, given.value ?? { error: given.error }, served(given))
  }

  async function login(request: Request): Promise<Answer> {
    const user = request.query.get('username') ?? new URLSearchParams(await request.body()).get('username')
    return back(request, user ? sessions.cookie(user) : undefined)
  }

  return async request => {
    const { method, path } = request
    if (method === 'POST' && path === '/login') return login(request)
    if (method !== 'GET' && method !== 'HEAD') return undefined
    if (path === '/health')
      return { status: 200, headers: { 'content-type': 'text/plain' }, body: 'Product page is healthy' }
    if (path === '/logout') return back(request, sessions.ended())
    if (path.startsWith('/static/')) return staticFile(path)
    if (path === '/metrics') return metrics(requests)
    const user = sessions.user(request.headers.cookie)
    if (path === '/productpage') return front(request, user)
    if (path.startsWith('/api/')) return api(request, user)
    if (path !== '/' && path !== '/index.html') return undefined
    return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: indexPage(user, options.urls) }
  }
}

/** To where the visitor came from; only the path is taken of what the browser says, so nobody is sent elsewhere. */
function back(request: Request, cookie: string | undefined): Answer {
  const referer = request.headers.referer
  const from = referer && URL.canParse(referer) ? new URL(referer) : undefined
  const location = from ? `/${from.pathname.replace(/^\/+/, '')}${from.search}` : '/productpage'
  return { status: 302, headers: { location, ...(cookie ? { 'set-cookie': cookie } : {}) }, body: '' }
}

function metrics(requests: ReadonlyMap<string, number>): Answer {
  const lines = [
    '# HELP request_result_total Results of requests to the other services.',
    '# TYPE request_result_total counter',
    ...[...requests].map(([key, count]) => `${key} ${count}`),
  ]
  return { status: 200, headers: { 'content-type': 'text/plain; version=0.0.4' }, body: `${lines.join('\n')}\n` }
}
