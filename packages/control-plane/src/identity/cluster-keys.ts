import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JSONWebKeySet } from 'jose'
import type { Clock, Log } from '../runtime/index.ts'

/** What is asked of a member cluster's API about tokens. */
export interface TokenAuthority {
  /** `/openid/v1/jwks`. */
  keys(signal: AbortSignal): Promise<JSONWebKeySet>
  /** TokenReview; undefined where the API says the token is not authenticated. */
  review(token: string, audiences: readonly string[], signal: AbortSignal): Promise<ReviewedToken | undefined>
}

export interface ReviewedToken {
  /** `system:serviceaccount:NAMESPACE:NAME`. */
  readonly username: string
  readonly pod: string
}

/** Milliseconds between two fetches of the same keys, however many unknown tokens come. */
const minimumAge = 10_000
/** Milliseconds the API has to answer. */
const deadline = 5_000

/**
 * The public keys of one cluster's token issuer: fetched from its API, kept on disk, so that proxies are recognised while
 * that API cannot be reached and after a restart meanwhile.
 */
export class ClusterKeys {
  readonly #cluster: string
  readonly #folder: string
  readonly #clock: Clock
  readonly #log: Log
  #authority: TokenAuthority | undefined
  #keys: JSONWebKeySet | undefined
  #fetchedAt = Number.NEGATIVE_INFINITY
  #fetching: Promise<void> | undefined

  constructor(o: { cluster: string; folder: string; clock: Clock; log: Log }) {
    this.#cluster = o.cluster
    this.#folder = o.folder
    this.#clock = o.clock
    this.#log = o.log
  }

  /** The way to the cluster's API, once there is one. */
  connect(authority: TokenAuthority | undefined): void {
    this.#authority = authority
    this.#fetchedAt = Number.NEGATIVE_INFINITY
  }

  get authority(): TokenAuthority | undefined {
    return this.#authority
  }

  /** The keys as last known: from memory, from disk, else from the API; undefined when nobody knows. */
  async known(): Promise<JSONWebKeySet | undefined> {
    if (!this.#keys) {
      const kept = await this.#read()
      // A fetch may have ended meanwhile: what it brought is newer.
      this.#keys ??= kept
    }
    if (!this.#keys) await this.refresh()
    return this.#keys
  }

  /** Asks the API again, at most every ten seconds; true when that gave other keys than before. Never throws. */
  async refresh(): Promise<boolean> {
    if (!this.#authority) return false
    if (!this.#fetching && this.#clock.now() - this.#fetchedAt < minimumAge) return false
    const before = JSON.stringify(this.#keys)
    this.#fetching ??= this.#fetch(this.#authority).finally(() => {
      this.#fetching = undefined
    })
    await this.#fetching
    return JSON.stringify(this.#keys) !== before
  }

  async #fetch(authority: TokenAuthority): Promise<void> {
    this.#fetchedAt = this.#clock.now()
    try {
      const keys = await authority.keys(AbortSignal.timeout(deadline))
      if (!Array.isArray(keys.keys) || keys.keys.length === 0) throw new Error('the answer holds no keys')
      if (JSON.stringify(keys) === JSON.stringify(this.#keys)) return
      // On disk first: whoever is recognised by these keys is so after a restart, too.
      await this.#write(keys).catch(error =>
        this.#log.warn({ cluster: this.#cluster, error: String(error) }, 'token keys not kept on disk'),
      )
      this.#keys = keys
    } catch (error) {
      this.#log.warn({ cluster: this.#cluster, error: String(error) }, 'token keys not fetched; the last known hold')
    }
  }

  get #path(): string {
    return join(this.#folder, `${encodeURIComponent(this.#cluster)}.jwks.json`)
  }

  async #read(): Promise<JSONWebKeySet | undefined> {
    try {
      return JSON.parse(await readFile(this.#path, 'utf8')) as JSONWebKeySet
    } catch {
      return undefined
    }
  }

  async #write(keys: JSONWebKeySet): Promise<void> {
    await mkdir(this.#folder, { recursive: true })
    await writeFile(`${this.#path}.new`, JSON.stringify(keys), { mode: 0o600 })
    await rename(`${this.#path}.new`, this.#path)
  }
}
