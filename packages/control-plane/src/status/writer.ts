import { type AnyObject, type Condition, isKubeError, type KubeClient } from '@isthmus/kubernetes'
import type { Finding, Origin } from '../model/index.ts'
import type { Clock, Log } from '../runtime/index.ts'
import { conditionsOf, type Refusal } from './report.ts'

export interface StatusWriterOptions {
  /** The mesh API. */
  readonly client: KubeClient
  readonly clock: Clock
  readonly log: Log
  /** Milliseconds that changes are gathered before they are written; a burst of findings is one write an object. */
  readonly gatherMs?: number
}

/** What there is to say about the mesh at one moment: every configuration object, and all that was found. */
export interface Report {
  readonly objects: readonly Origin[]
  readonly findings: readonly Finding[]
  readonly refusals: readonly { readonly origin: Origin; readonly refusal: Refusal }[]
}

/** How long looking through the objects may keep a change waiting. */
const sliceMs = 5

const keyOf = (origin: Origin) => `${origin.kind}/${origin.namespace}/${origin.name}`

/** Writes conditions onto the users' own objects, each only when what it says changes. */
export class StatusWriter {
  readonly #options: StatusWriterOptions
  /** What was last said of an object, so that an unchanged one costs no request. */
  readonly #written = new Map<string, string>()
  #next: Report | undefined
  #cancel: (() => void) | undefined
  #running = false
  #stopped = false

  constructor(options: StatusWriterOptions) {
    this.#options = options
  }

  /** The newest report replaces any that is not written yet. */
  report(report: Report): void {
    this.#next = report
    if (!this.#cancel && !this.#running && !this.#stopped) this.#schedule(this.#options.gatherMs ?? 200)
  }

  stop(): void {
    this.#stopped = true
    this.#cancel?.()
  }

  #schedule(ms: number) {
    this.#cancel = this.#options.clock.after(ms, () => {
      this.#cancel = undefined
      this.#running = true
      this.#writeAll()
        .catch(error =>
          this.#options.log.warn({ error: String(error) }, 'status: could not be written, will try again'),
        )
        .finally(() => {
          this.#running = false
          if (this.#next && !this.#stopped) this.#schedule(this.#options.gatherMs ?? 200)
        })
    })
  }

  async #writeAll() {
    const report = this.#next
    this.#next = undefined
    if (!report) return
    const findings = Map.groupBy(report.findings, finding => keyOf(finding.origin))
    const refusals = Map.groupBy(report.refusals, entry => keyOf(entry.origin))
    const seen = new Set<string>()
    let failed = false
    let until = this.#options.clock.now() + sliceMs
    for (const origin of report.objects) {
      if (this.#options.clock.now() > until) {
        await new Promise<void>(resolve => this.#options.clock.after(0, resolve))
        until = this.#options.clock.now() + sliceMs
      }
      // Only objects of the mesh API are ours to write on; a member cluster's are its owners'.
      if (origin.cluster || origin.file) continue
      const key = keyOf(origin)
      if (seen.has(key)) continue
      seen.add(key)
      const found = findings.get(key) ?? []
      const refused = (refusals.get(key) ?? []).map(entry => entry.refusal)
      const saying = JSON.stringify([origin.generation, found.map(f => [f.code, f.field, f.message]), refused])
      if (this.#written.get(key) === saying) continue
      if (this.#stopped) return
      try {
        await this.#write(origin, found, refused)
        this.#written.set(key, saying)
      } catch (error) {
        if (isKubeError(error, 'notFound')) continue
        failed = true
        this.#options.log.warn({ error: String(error), object: key }, 'status: could not be written')
      }
    }
    for (const key of this.#written.keys()) if (!seen.has(key)) this.#written.delete(key)
    if (failed) {
      await new Promise<void>(resolve => this.#options.clock.after(5_000, resolve))
      this.#next ??= report
    }
  }

  async #write(origin: Origin, findings: readonly Finding[], refusals: readonly Refusal[]) {
    const { client, clock } = this.#options
    const key = { name: origin.name, namespace: origin.namespace || undefined }
    const object = await client.get<AnyObject & { status?: { conditions?: Condition[] } }>(origin, key)
    const before = object.status?.conditions
    const after = conditionsOf(before, findings, refusals, object.metadata.generation, clock.now())
    if (after !== before) await client.patchStatus(origin, key, { conditions: after })
  }
}
