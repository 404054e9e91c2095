import { validate } from '@isthmus/envoy-api/validation'
import type { ErrorCode } from '@isthmus/errors'
import type { Finding } from '../model/index.ts'
import { contentOf, type TranslatedResource } from '../translate/translated.ts'
import { encodeResource } from './encode.ts'
import { ResourcePool } from './pool.ts'
import { referencesOf } from './references.ts'
import { noReferences, type References, type Resource } from './resource.ts'

export type Report = (finding: Finding) => void

/**
 * The gate between translation and what is published: encodes, finds the object that equal bytes already have, and holds
 * back what Envoy's own field rules refuse. Shared by all views.
 */
export class Acceptance {
  readonly #pool = new ResourcePool()
  readonly #accepted = new WeakMap<TranslatedResource, Resource>()
  /** How many were taken as they were, found equal once encoded, encoded anew, or refused; since the start. */
  readonly counts = { reused: 0, equal: 0, encoded: 0, refused: 0 }

  /** The resource, or `before` (the last good one, if any) where it is refused; then its owners get a finding. */
  accept(t: TranslatedResource, before: Resource | undefined, report: Report): Resource | undefined {
    const known = this.#accepted.get(t)
    if (known) {
      this.counts.reused++
      return known
    }
    const resource = this.#encode(t, report)
    if (!resource) {
      this.counts.refused++
      return before
    }
    this.#accepted.set(t, resource)
    t.settle?.(resource.bytes)
    return resource
  }

  references(resource: Resource): References {
    return resource.references ?? noReferences
  }

  #encode(t: TranslatedResource, report: Report): Resource | undefined {
    let fresh: Resource
    try {
      fresh = encodeResource(t)
    } catch (error) {
      reportAll(t, 'ISM3001', `${t.name}: ${(error as Error).message}`, report)
      return undefined
    }
    // What is in the pool has passed already.
    const pooled = this.#pool.find(fresh)
    if (pooled) {
      this.counts.equal++
      return pooled
    }
    const violations = t.written ? [] : validate(t.schema, contentOf(t))
    for (const { path, message } of violations) {
      reportAll(t, 'ISM3001', `${t.schema.name} ${t.name}: ${path} ${message}`, report)
    }
    if (violations.length > 0) return undefined
    this.counts.encoded++
    return this.#pool.add({ ...fresh, references: referencesOf(t) })
  }
}

/** One finding for each object that made the resource. */
export function reportAll(
  about: Pick<TranslatedResource, 'origins'>,
  code: ErrorCode,
  message: string,
  report: Report,
  severity: Finding['severity'] = 'error',
): void {
  for (const origin of about.origins) report({ code, severity, origin, message })
}
