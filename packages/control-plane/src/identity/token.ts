import { IsthmusError } from '@isthmus/errors'
import { createLocalJWKSet, decodeJwt, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
import type { Clock, Log } from '../runtime/index.ts'
import { ClusterKeys, type TokenAuthority } from './cluster-keys.ts'
import type { Identity } from './peer.ts'

/** The audience of proxies' tokens, as Istio names it. */
export const tokenAudience = 'istio-ca'

/** Seconds a clock may be off. */
const clockTolerance = 60

/** Recognises proxies by their pods' service account tokens, cluster by cluster. */
export class TokenVerifier {
  readonly #clusters = new Map<string, ClusterKeys>()
  readonly #folder: string
  readonly #clock: Clock
  readonly #log: Log

  /** `folder` keeps each cluster's keys, so that they outlive a restart. */
  constructor(o: { folder: string; clock: Clock; log: Log }) {
    this.#folder = o.folder
    this.#clock = o.clock
    this.#log = o.log
  }

  /** A member cluster; undefined authority: known, but its API has not been reached yet. */
  addCluster(name: string, authority?: TokenAuthority): void {
    const keys =
      this.#clusters.get(name) ??
      new ClusterKeys({ cluster: name, folder: this.#folder, clock: this.#clock, log: this.#log })
    keys.connect(authority)
    this.#clusters.set(name, keys)
    if (authority) void keys.refresh()
  }

  removeCluster(name: string): void {
    this.#clusters.delete(name)
  }

  /**
   * Who holds this token. Works from the cluster's cached keys; a key that is not among them is asked for once more, and
   * where the keys cannot be had the cluster's API is asked about the token itself.
   * Throws ISM3101 (no token), ISM3102 (refused), ISM3104 (keys unknown and nobody to ask).
   */
  async verifyToken(token: string, cluster: string): Promise<Identity> {
    if (!token) throw new IsthmusError('ISM3101', `cluster ${cluster}`)
    const keys = this.#clusters.get(cluster)
    if (!keys) throw new IsthmusError('ISM3102', `there is no member cluster "${cluster}"`)
    const known = await keys.known()
    if (!known) return this.#review(token, cluster, keys.authority)
    try {
      return await this.#check(token, cluster, known)
    } catch (error) {
      if (!mayBeNewKey(error) || !(await keys.refresh())) throw refused(cluster, token, error)
      const renewed = (await keys.known()) ?? known
      return this.#check(token, cluster, renewed).catch(again => {
        throw refused(cluster, token, again)
      })
    }
  }

  async #check(token: string, cluster: string, keys: JSONWebKeySet): Promise<Identity> {
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
      audience: tokenAudience,
      clockTolerance,
      currentDate: new Date(this.#clock.now()),
      requiredClaims: ['exp', 'sub'],
    })
    return identityOf(payload, cluster)
  }

  async #review(token: string, cluster: string, authority: TokenAuthority | undefined): Promise<Identity> {
    if (!authority) throw new IsthmusError('ISM3104', `cluster ${cluster} has not been reached yet`)
    const reviewed = await authority.review(token, [tokenAudience], AbortSignal.timeout(5_000)).catch(error => {
      throw new IsthmusError('ISM3104', `cluster ${cluster}: ${String(error)}`, { cause: error })
    })
    const [, , namespace, serviceAccount] = reviewed?.username.split(':') ?? []
    if (!reviewed || !namespace || !serviceAccount)
      throw new IsthmusError('ISM3102', `the API of cluster ${cluster} does not authenticate it`)
    return { cluster, namespace, pod: reviewed.pod, serviceAccount }
  }
}

/** What Kubernetes puts into a pod's projected token. */
function identityOf(payload: JWTPayload, cluster: string): Identity {
  const claims = payload['kubernetes.io'] as
    | { namespace?: string; pod?: { name?: string }; serviceaccount?: { name?: string } }
    | undefined
  if (!claims?.namespace || !claims.serviceaccount?.name)
    throw new IsthmusError('ISM3102', `it is not a service account's token (subject ${payload.sub ?? 'missing'})`)
  return {
    cluster,
    namespace: claims.namespace,
    pod: claims.pod?.name ?? '',
    serviceAccount: claims.serviceaccount.name,
  }
}

function mayBeNewKey(error: unknown): boolean {
  return error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWSSignatureVerificationFailed
}

function refused(cluster: string, token: string, error: unknown): IsthmusError {
  if (error instanceof IsthmusError) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new IsthmusError('ISM3102', `cluster ${cluster}${subjectOf(token)}: ${reason}`, { cause: error })
}

/** Unproven, only for the message. */
function subjectOf(token: string): string {
  try {
    return `, subject ${decodeJwt(token).sub}`
  } catch {
    return ''
  }
}
