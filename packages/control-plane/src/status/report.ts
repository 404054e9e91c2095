import { errors } from '@isthmus/errors'
import { type Condition, type NewCondition, removeConditions, setCondition } from '@isthmus/kubernetes'
import type { Finding } from '../model/index.ts'

/**
 * The conditions this stage owns on an object of the mesh API.
 * - `Accepted`: False where something in it is wrong; the message names the field.
 * - `Programmed`: False while a proxy refuses what was made of it, with the proxy's own words.
 * - `Warned`, `Adjusted`: only there while there is something to say: what will not work as it may look, and what was set
 *   on the user's behalf and why.
 */
const ownConditions = ['Accepted', 'Programmed', 'Warned', 'Adjusted'] as const

/** A resource a proxy refused, in its own words. */
export interface Refusal {
  readonly proxy: string
  readonly words: string
}

/** Findings and refusals of one object as conditions. Pure; the same array where nothing changes. */
export function conditionsOf(
  before: readonly Condition[] | undefined,
  findings: readonly Finding[],
  refusals: readonly Refusal[],
  generation: number | undefined,
  now: number,
): Condition[] {
  const of = (severity: Finding['severity']) => findings.filter(finding => finding.severity === severity)
  const [wrong, warned, adjusted] = [of('error'), of('warning'), of('info')]
  const wanted: NewCondition[] = [
    wrong.length > 0
      ? { type: 'Accepted', status: 'False', ...said(wrong) }
      : { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'nothing wrong was found' },
  ]
  if (refusals.length > 0)
    wanted.push({ type: 'Programmed', status: 'False', reason: 'ProxyRefused', message: refused(refusals) })
  else if (before?.some(condition => condition.type === 'Programmed'))
    wanted.push({ type: 'Programmed', status: 'True', reason: 'Programmed', message: 'no proxy refuses it' })
  if (warned.length > 0) wanted.push({ type: 'Warned', status: 'True', ...said(warned) })
  if (adjusted.length > 0) wanted.push({ type: 'Adjusted', status: 'True', ...said(adjusted) })
  const gone = ownConditions.filter(type => !wanted.some(condition => condition.type === type))
  return wanted.reduce<Condition[]>(
    (conditions, condition) => setCondition(conditions, { ...condition, observedGeneration: generation }, now),
    removeConditions(before, gone),
  )
}

/** Kubernetes allows 32,768 characters in a message; people read far fewer. */
const longest = 2000

function said(findings: readonly Finding[]): { reason: string; message: string } {
  const lines = findings.map(
    finding => `${finding.field ? `${finding.field}: ` : ''}${finding.message} (${finding.code})`,
  )
  const unique = [...new Set(lines)].sort()
  const text = unique.join('; ')
  return {
    reason: errors[findings[0]!.code].reason,
    message: text.length > longest ? `${text.slice(0, longest)}…` : text,
  }
}

function refused(refusals: readonly Refusal[]): string {
  const words = [...new Set(refusals.map(refusal => refusal.words))].sort()
  return `${refusals.length} ${refusals.length === 1 ? 'proxy refuses' : 'proxies refuse'} it (${refusals[0]!.proxy}): ${words.join('; ')}`.slice(
    0,
    longest,
  )
}
