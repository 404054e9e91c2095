import { type Identity, servedBy } from '../../../../../samples/bookinfo/src/common/identity.ts'
import { type Handler, json, type Request } from '../../../../../samples/bookinfo/src/common/service.ts'

/**
 * An HTTP echo with the paths people know from httpbin: `/get`, `/headers`, `/ip`, `/status/CODE`, `/delay/SECONDS`,
 * `/anything` and any path below it, `/hostname`, `/health`. Everything else is answered as `/anything` is.
 */
export function echo(who: Identity): Handler {
  return async request => {
    const [, word = '', value = ''] = request.path.split('/')
    switch (word) {
      case 'health':
        return json(200, { status: 'healthy' })
      case 'headers':
        return json(200, { headers: request.headers })
      case 'ip':
        return json(200, { origin: origin(request) })
      case 'hostname':
        return json(200, { hostname: who.pod, region: who.region })
      case 'status':
        return status(value)
      case 'delay': {
        const seconds = Number(value)
        if (!(seconds >= 0 && seconds <= 60)) return json(400, { error: 'the delay is 0 to 60 seconds' })
        await new Promise(resolve => setTimeout(resolve, seconds * 1000))
        return json(200, everything(request, who, ''))
      }
      default:
        return json(200, everything(request, who, await request.body()))
    }
  }
}

function status(value: string) {
  const code = Number(value)
  if (!Number.isInteger(code) || code < 200 || code > 599) return json(400, { error: 'the status is 200 to 599' })
  return code === 204 || code === 304 ? { status: code, body: '' } : json(code, { status: code })
}

function everything(request: Request, who: Identity, data: string) {
  return {
    method: request.method,
    path: request.path,
    args: Object.fromEntries(request.query),
    headers: request.headers,
    origin: origin(request),
    data,
    servedBy: servedBy(who),
  }
}

function origin(request: Request): string {
  const forwarded = request.headers['x-forwarded-for']
  return (
    (typeof forwarded === 'string' ? forwarded.split(',')[0]?.trim() : undefined) ||
    request.raw.socket.remoteAddress ||
    ''
  )
}
