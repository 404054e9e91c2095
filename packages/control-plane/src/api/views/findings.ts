import type { ObjectRef, Finding as Shown } from '@isthmus/api'
import { errors } from '@isthmus/errors'
import type { Finding, Origin } from '../../model/index.ts'

export function refOf({ cluster, kind, namespace, name }: Origin): ObjectRef {
  return { cluster, kind, namespace, name }
}

export function shownFinding({ code, severity, origin, field, message }: Finding): Shown {
  const { reason, mend } = errors[code]
  return { code, reason, severity, object: refOf(origin), ...(field && { field }), message, mend }
}

const order = { error: 0, warning: 1, info: 2 }

/** Errors first. */
export function bySeverity(a: { severity: keyof typeof order }, b: { severity: keyof typeof order }): number {
  return order[a.severity] - order[b.severity]
}

export function isAbout(finding: Finding, ref: { kind: string; namespace: string; name: string }): boolean {
  const { origin } = finding
  return origin.kind === ref.kind && origin.namespace === ref.namespace && origin.name === ref.name
}
