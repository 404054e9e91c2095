import { type IncomingHttpHeaders, request } from 'node:http'

/** What another service said; `status` 0 when it could not be reached or was not in time. */
export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/**
 * GET with a deadline for the whole answer. Each call has a connection of its own, as the known application's have:
 * balancing by connection (kube-proxy's, without a mesh) then still spreads requests.
 */
export function get(url: string, headers: Readonly<Record<string, string>>, timeoutMs: number): Promise<Reply> {
  return new Promise(resolve => {
    const failed = () => {
      clearTimeout(deadline)
      resolve({ status: 0, headers: {}, body: '' })
    }
    const call = request(url, { headers, agent: false }, response => {
      const chunks: Buffer[] = []
      response.on('data', chunk => chunks.push(chunk))
      response.on('error', failed)
      response.on('end', () => {
        clearTimeout(deadline)
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        })
      })
    })
    const deadline = setTimeout(() => call.destroy(new Error('not in time')), timeoutMs)
    call.on('error', failed)
    call.end()
  })
}

/** The body as JSON when the status is 200 and it is JSON; undefined otherwise. */
export function jsonOf<T>(reply: Reply): T | undefined {
  if (reply.status !== 200) return undefined
  try {
    return JSON.parse(reply.body) as T
  } catch {
    return undefined
  }
}
