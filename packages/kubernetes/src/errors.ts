/**
 * What kind of failure it was; joining diagnoses from these.
 * Network: dns, refused, unreachable (no route), reset, timeout, tlsUntrusted, tlsOther. The caller's own: aborted.
 * Answered: unauthorized 401, forbidden 403, notFound 404, conflict 409, alreadyExists 409, gone 410, invalid 422/400,
 * tooMany 429, server 5xx, protocol (an answer that is not Kubernetes').
 */
export type KubeErrorKind =
  | 'dns'
  | 'refused'
  | 'unreachable'
  | 'reset'
  | 'timeout'
  | 'tlsUntrusted'
  | 'tlsOther'
  | 'aborted'
  | 'unauthorized'
  | 'forbidden'
  | 'notFound'
  | 'conflict'
  | 'alreadyExists'
  | 'gone'
  | 'invalid'
  | 'tooMany'
  | 'server'
  | 'protocol'

/** metav1.Status, as far as it is used. */
export interface Status {
  kind?: string
  message?: string
  reason?: string
  code?: number
  details?: {
    kind?: string
    name?: string
    retryAfterSeconds?: number
    causes?: { field?: string; message?: string; reason?: string }[]
  }
}

/** Any failure of a request to a Kubernetes API. */
export class KubeError extends Error {
  readonly kind: KubeErrorKind
  /** HTTP status; 0 where no answer came. */
  readonly status: number
  /** The API's reason (`NotFound`), or the system's code (`ECONNREFUSED`, `CERT_HAS_EXPIRED`). */
  readonly reason: string
  /** Method and address, e.g. `GET https://10.0.0.1:6443/api/v1/nodes`. */
  readonly request: string
  readonly body?: Status
  constructor(
    kind: KubeErrorKind,
    status: number,
    reason: string,
    request: string,
    message: string,
    more?: ErrorOptions & { body?: Status },
  ) {
    super(message, more)
    this.name = 'KubeError'
    this.kind = kind
    this.status = status
    this.reason = reason
    this.request = request
    if (more?.body) this.body = more.body
  }
  /** True where no answer came from a Kubernetes API at all. */
  get network(): boolean {
    return this.status === 0
  }
}

export function isKubeError(error: unknown, ...ofKinds: KubeErrorKind[]): error is KubeError {
  return error instanceof KubeError && (ofKinds.length === 0 || ofKinds.includes(error.kind))
}

const untrusted = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

const byCode: Record<string, KubeErrorKind> = {
  ECONNREFUSED: 'refused',
  ENOENT: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  TimeoutError: 'timeout',
  UND_ERR_ABORTED: 'aborted',
  AbortError: 'aborted',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_CLOSED: 'aborted',
  UND_ERR_DESTROYED: 'aborted',
}

/** The KubeError for something thrown below HTTP: sockets, TLS, timeouts. */
export function networkError(error: unknown, request: string): KubeError {
  if (error instanceof KubeError) return error
  const chain: Error[] = []
  for (let e: unknown = error; e instanceof Error && chain.length < 5; e = e.cause) {
    chain.push(e)
    if (e instanceof AggregateError) chain.push(...e.errors.filter(x => x instanceof Error))
  }
  for (const e of chain.reverse()) {
    const code = (e as NodeJS.ErrnoException).code ?? ''
    const kind = untrusted.has(code)
      ? 'tlsUntrusted'
      : (byCode[code] ?? byCode[e.name] ?? (/^ERR_(SSL|TLS)_|^EPROTO$/.test(code) ? 'tlsOther' : undefined))
    if (kind) return new KubeError(kind, 0, code || e.name, request, `${request}: ${e.message}`, { cause: error })
  }
  const message = error instanceof Error ? error.message : String(error)
  return new KubeError('reset', 0, 'Unknown', request, `${request}: ${message}`, { cause: error })
}

/** The KubeError for an answer that is not a success. */
export function answerError(status: number, text: string, request: string): KubeError {
  let body: Status = {}
  try {
    body = JSON.parse(text)
  } catch {
    body = { message: text.slice(0, 300).trim() }
  }
  const reason = body.reason ?? ''
  const message = `${request}: ${status} ${body.message || reason || 'no message'}`
  return new KubeError(kindOf(status, reason), status, reason, request, message, { body })
}

function kindOf(status: number, reason: string): KubeErrorKind {
  if (status === 401) return 'unauthorized'
  if (status === 403) return 'forbidden'
  if (status === 404) return 'notFound'
  if (status === 409) return reason === 'AlreadyExists' ? 'alreadyExists' : 'conflict'
  if (status === 410) return 'gone'
  if (status === 400 || status === 415 || status === 422) return 'invalid'
  if (status === 429) return 'tooMany'
  return status >= 500 ? 'server' : 'protocol'
}
