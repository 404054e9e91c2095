import { type Document, isMap, isScalar, isSeq, parseDocument, stringify } from 'yaml'
import type { DistributionRule, FailoverRule, Policy } from './policy.ts'

/* The policy's YAML text is the one truth of an edit. The form reads it here and writes into it here; comments, order and
   fields that the form does not know stay as they are. Pure. */

export type Read =
  | { readonly policy: Policy; readonly error?: undefined }
  | { readonly policy?: undefined; readonly error: string }

/** What the form shows of a text; the reason where it is no policy. */
export function readPolicy(text: string): Read {
  const document = parseDocument(text)
  const broken = document.errors[0]
  if (broken) return { error: broken.message.split('\n')[0] ?? 'not YAML' }
  let object: unknown
  try {
    object = document.toJS()
  } catch (error) {
    // An alias without its anchor comes to light only here.
    return { error: error instanceof Error ? error.message : String(error) }
  }
  if (!isRecord(object) || !isRecord(object.metadata)) return { error: 'metadata is missing' }
  if (object.kind !== 'RegionalTrafficPolicy')
    return { error: `kind is ${String(object.kind)}, not RegionalTrafficPolicy` }
  if (object.spec !== undefined && object.spec !== null && !isRecord(object.spec)) return { error: 'spec is not a map' }
  const spec = (object.spec ?? {}) as Record<string, unknown>
  return {
    policy: {
      name: String(object.metadata.name ?? ''),
      namespace: String(object.metadata.namespace ?? ''),
      services: strings(spec.services),
      failover: {
        ...switchOf(spec.failover),
        rules: rulesOf(spec.failover).map(
          (rule): FailoverRule => ({
            from: String(rule.from ?? ''),
            to: strings(rule.to),
            ...(rule.only === true && { only: true }),
            ...(typeof rule.thresholdPercent === 'number' && { thresholdPercent: rule.thresholdPercent }),
          }),
        ),
      },
      distribution: {
        ...switchOf(spec.distribution),
        ...(isRecord(spec.distribution) && spec.distribution.at === 'everyHop' && { at: 'everyHop' as const }),
        rules: rulesOf(spec.distribution).map(
          (rule): DistributionRule => ({
            from: String(rule.from ?? ''),
            to: Object.fromEntries(
              Object.entries(isRecord(rule.to) ? rule.to : {}).map(([region, percent]) => [region, Number(percent)]),
            ),
          }),
        ),
      },
      ...(typeof spec.unansweredAfter === 'string' && { unansweredAfter: spec.unansweredAfter }),
    },
  }
}

/** The object as the API takes it for a preview. Only of a text that `readPolicy` takes. */
export const objectOf = (text: string): Record<string, unknown> => parseDocument(text).toJS() as Record<string, unknown>

type Section = 'failover' | 'distribution'

/** Switches a section on or off; its rules stay. */
export function setEnabled(text: string, section: Section, enabled: boolean): string {
  return edited(text, document => {
    if (enabled && !document.hasIn(['spec', section]))
      document.setIn(['spec', section], document.createNode({ rules: [] }))
    // On is the default: the field goes, unless there is nothing else.
    if (enabled) document.deleteIn(['spec', section, 'enabled'])
    else document.setIn(['spec', section, 'enabled'], false)
  })
}

export function setFailoverRule(text: string, index: number, rule: FailoverRule): string {
  return edited(text, document => {
    const at = ruleAt(document, 'failover', index)
    document.setIn([...at, 'from'], rule.from)
    setList(document, [...at, 'to'], rule.to)
    putOrDrop(document, [...at, 'only'], rule.only || undefined)
    putOrDrop(document, [...at, 'thresholdPercent'], rule.thresholdPercent)
  })
}

export function setDistributionRule(text: string, index: number, rule: DistributionRule): string {
  return edited(text, document => {
    const at = ruleAt(document, 'distribution', index)
    document.setIn([...at, 'from'], rule.from)
    setMap(document, [...at, 'to'], rule.to)
  })
}

export function removeRule(text: string, section: Section, index: number): string {
  return edited(text, document => {
    document.deleteIn(['spec', section, 'rules', index])
    const rules = document.getIn(['spec', section, 'rules'])
    if (isSeq(rules) && rules.items.length === 0) document.deleteIn(['spec', section])
  })
}

export function setAt(text: string, at: 'entry' | 'everyHop'): string {
  return edited(text, document =>
    putOrDrop(document, ['spec', 'distribution', 'at'], at === 'everyHop' ? at : undefined),
  )
}

/** '' takes the limit away. */
export function setUnansweredAfter(text: string, duration: string): string {
  return edited(text, document => putOrDrop(document, ['spec', 'unansweredAfter'], duration || undefined))
}

/** The text of a policy that is not there yet. */
export function newPolicy(target: { name: string; namespace: string; service?: string }): string {
  return stringify({
    apiVersion: 'mesh.isthmus.dev/v1alpha1',
    kind: 'RegionalTrafficPolicy',
    metadata: { name: target.name, namespace: target.namespace },
    spec: target.service ? { services: [target.service] } : {},
  })
}

function edited(text: string, change: (document: Document) => void): string {
  const document = parseDocument(text)
  const spec = document.get('spec')
  if (!isMap(spec)) document.set('spec', document.createNode({}))
  // What was written `{}` would go on in one line.
  else if (spec.items.length === 0) spec.flow = false
  change(document)
  return document.toString({ lineWidth: 0, flowCollectionPadding: false })
}

/** The path of a rule, made where it is the next one. */
function ruleAt(document: Document, section: Section, index: number): (string | number)[] {
  if (!isMap(document.getIn(['spec', section]))) document.setIn(['spec', section], document.createNode({}))
  const path = ['spec', section, 'rules']
  if (!isSeq(document.getIn(path))) document.setIn(path, document.createNode([]))
  const rules = document.getIn(path)
  // What was written `[]` would go on in one line.
  if (isSeq(rules) && rules.items.length === 0) rules.flow = false
  if (!isMap(document.getIn([...path, index]))) document.setIn([...path, index], document.createNode({}))
  return [...path, index]
}

/** Other values in the list that is there, with its comments and form. */
function setList(document: Document, path: readonly (string | number)[], values: readonly string[]): void {
  const made = document.createNode([...values])
  const there = document.getIn(path)
  if (isSeq(there)) there.items = made.items
  else {
    made.flow = true
    document.setIn(path, made)
  }
}

function setMap(
  document: Document,
  path: readonly (string | number)[],
  values: Readonly<Record<string, number>>,
): void {
  const there = document.getIn(path)
  if (!isMap(there)) {
    document.setIn(path, document.createNode({ ...values }))
    return
  }
  there.items = there.items.filter(item => Object.hasOwn(values, isScalar(item.key) ? String(item.key.value) : ''))
  for (const [name, value] of Object.entries(values)) there.set(name, value)
}

function putOrDrop(document: Document, path: readonly (string | number)[], value: unknown): void {
  if (value === undefined) document.deleteIn(path)
  else document.setIn(path, value)
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])
const rulesOf = (section: unknown): Record<string, unknown>[] =>
  isRecord(section) && Array.isArray(section.rules) ? section.rules.filter(isRecord) : []
const switchOf = (section: unknown) => ({
  there: isRecord(section),
  enabled: isRecord(section) && section.enabled !== false,
})
