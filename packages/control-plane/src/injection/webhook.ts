import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { KeyPair } from '../identity/authority.ts'
import type { Log } from '../runtime/index.ts'
import { type AdmissionReview, reviewPod } from './admission.ts'
import type { ProxySettings } from './settings.ts'

export interface WebhookOptions {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  readonly certificate: KeyPair
  /** Settings of a member cluster; undefined: not a member. */
  readonly settings: (cluster: string) => ProxySettings | undefined
  readonly log: Log
}

export interface Webhook {
  readonly port: number
  /** Serves new connections with another certificate. */
  renew(certificate: KeyPair): void
  close(): Promise<void>
}

/** Bytes; a pod is far smaller, etcd takes no object of more than 1.5 MiB. */
const largestBody = 4 * 1024 * 1024

/** Path the API server of a member cluster calls: the cluster's name is in it, as in Istio's webhooks. */
export const webhookPath = (cluster: string): string => `/inject/cluster/${encodeURIComponent(cluster)}`

/** The mutating webhook of all member clusters, over HTTPS. */
export async function startWebhook(o: WebhookOptions): Promise<Webhook> {
  const server: Server = createServer(
    { cert: o.certificate.certificate, key: o.certificate.privateKey },
    (request, response) => {
      handle(o, request, response).catch(error => {
        o.log.error({ error: String(error), path: request.url }, 'webhook request failed')
        send(response, 500, `${error instanceof Error ? error.message : error}`)
      })
    },
  )
  server.on('tlsClientError', error => o.log.debug({ error: error.message }, 'webhook TLS'))
  server.listen(o.port, o.host)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    renew: c => server.setSecureContext({ cert: c.certificate, key: c.privateKey }),
    close: () =>
      new Promise(done => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

async function handle(o: WebhookOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const cluster = /^\/inject\/cluster\/([^/?]+)/.exec(request.url ?? '')?.[1]
  if (request.method !== 'POST' || !cluster) return send(response, 404, 'POST /inject/cluster/NAME')
  const settings = o.settings(decodeURIComponent(cluster))
  if (!settings) return send(response, 404, `${decodeURIComponent(cluster)} is not a member cluster of this mesh`)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size > largestBody) return send(response, 413, 'the review is too large')
    chunks.push(chunk as Buffer)
  }
  let review: AdmissionReview
  try {
    review = JSON.parse(Buffer.concat(chunks).toString('utf8')) as AdmissionReview
  } catch {
    return send(response, 400, 'the body is not JSON')
  }
  if (review.kind !== 'AdmissionReview' || !review.request) return send(response, 400, 'not an AdmissionReview')
  const answer = reviewPod(review, settings)
  const pod = review.request.object?.metadata
  o.log.debug(
    {
      cluster: settings.cluster,
      namespace: review.request.namespace,
      pod: pod?.name || pod?.generateName,
      injected: answer.response.patch !== undefined,
    },
    'pod admitted',
  )
  send(response, 200, JSON.stringify(answer), 'application/json')
}

function send(response: ServerResponse, status: number, text: string, type = 'text/plain'): void {
  response.writeHead(status, { 'content-type': type }).end(text)
}
