import type { Condition } from './meta.ts'

export interface NewCondition {
  readonly type: string
  readonly status: Condition['status']
  readonly reason: string
  readonly message: string
  /** metadata.generation of the object the condition was found on. */
  readonly observedGeneration?: number
}

/**
 * `conditions` with one set. `lastTransitionTime` moves only when `status` changes, as the Kubernetes API conventions ask.
 * Where nothing at all changes the same array is returned, so that callers can skip the write.
 *
 * @param now milliseconds since the epoch
 */
export function setCondition(
  conditions: readonly Condition[] | undefined,
  next: NewCondition,
  now: number,
): Condition[] {
  const before = (conditions ?? []) as Condition[]
  const at = before.findIndex(c => c.type === next.type)
  const old = before[at]
  const moved = !old || old.status !== next.status
  const made: Condition = {
    type: next.type,
    status: next.status,
    reason: next.reason,
    message: next.message,
    lastTransitionTime: moved ? conditionTime(now) : old.lastTransitionTime,
    ...(next.observedGeneration === undefined ? {} : { observedGeneration: next.observedGeneration }),
  }
  if (
    old &&
    !moved &&
    old.reason === made.reason &&
    old.message === made.message &&
    old.observedGeneration === made.observedGeneration
  )
    return before
  return at < 0 ? [...before, made] : before.map((c, i) => (i === at ? made : c))
}

/** `conditions` without those of the named types; the same array where none is there. */
export function removeConditions(conditions: readonly Condition[] | undefined, types: readonly string[]): Condition[] {
  const before = (conditions ?? []) as Condition[]
  return before.some(c => types.includes(c.type)) ? before.filter(c => !types.includes(c.type)) : before
}

/** RFC 3339 in whole seconds, which is what metav1.Time keeps. */
function conditionTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}

export function conditionTrue(
  conditions: readonly { type: string; status: string }[] | undefined,
  type: string,
): boolean {
  return conditions?.some(c => c.type === type && c.status === 'True') ?? false
}
