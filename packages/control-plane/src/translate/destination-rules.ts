import {
  bySpecificity,
  covers,
  type DestinationRule,
  isWildcard,
  type Mesh,
  type Origin,
  type Service,
  type Subset,
  selects,
  type TrafficPolicy,
} from '../model/index.ts'
import { exportedTo } from './visibility.ts'

/** All DestinationRules of one namespace for one host, taken as one: the oldest's traffic policy, everybody's subsets (Istio's merge). */
export interface MergedRule {
  readonly host: string
  readonly namespace: string
  readonly exportTo: readonly string[]
  readonly workloadSelector?: Readonly<Record<string, string>>
  readonly trafficPolicy?: TrafficPolicy
  readonly subsets: readonly Subset[]
  readonly origins: readonly Origin[]
}

interface NamespaceRules {
  readonly exact: ReadonlyMap<string, readonly MergedRule[]>
  /** Narrow before wide. */
  readonly wild: readonly MergedRule[]
}

type RuleIndex = ReadonlyMap<string, NamespaceRules>

const indexes = new WeakMap<readonly DestinationRule[], RuleIndex>()

/**
 * The DestinationRule that holds for a service as a client of `namespace` sees it. Looked up as Istio does: in the client's
 * namespace, then among those that the service's namespace exports to it, then those of the root namespace; in each, the
 * exact host before the narrowest wildcard; a rule that selects the client before one for all.
 */
export function destinationRule(
  mesh: Mesh,
  namespace: string,
  labels: Readonly<Record<string, string>>,
  service: Pick<Service, 'hostname' | 'namespace'>,
): MergedRule | undefined {
  const index = indexOf(mesh.destinationRules)
  if (index.size === 0) return undefined
  const root = mesh.config.rootNamespace
  const exported = (rule: MergedRule) => exportedTo(rule.exportTo, rule.namespace, namespace)
  const anything = () => true
  const find = (from: string, allowed: (rule: MergedRule) => boolean) => {
    const rules = index.get(from)
    return rules && mostSpecific(rules, service.hostname, labels, allowed)
  }
  return (
    (namespace === root ? undefined : find(namespace, anything)) ??
    find(service.namespace, exported) ??
    find(root, exported)
  )
}

function mostSpecific(
  rules: NamespaceRules,
  host: string,
  labels: Readonly<Record<string, string>>,
  allowed: (rule: MergedRule) => boolean,
): MergedRule | undefined {
  const candidates = (list: readonly MergedRule[]) => {
    const usable = list.filter(r => allowed(r) && (!r.workloadSelector || selects(r.workloadSelector, labels)))
    return usable.find(r => r.workloadSelector) ?? usable[0]
  }
  const exact = candidates(rules.exact.get(host) ?? [])
  if (exact) return exact
  const widest = rules.wild.filter(r => covers(r.host, host))
  for (const rule of widest) {
    const found = candidates(widest.filter(r => r.host === rule.host))
    if (found) return found
  }
  return undefined
}

function indexOf(rules: readonly DestinationRule[]): RuleIndex {
  const known = indexes.get(rules)
  if (known) return known
  const groups = new Map<string, DestinationRule[]>()
  for (const rule of rules) {
    const key = groupKey(rule)
    const group = groups.get(key)
    if (group) group.push(rule)
    else groups.set(key, [rule])
  }
  const index = new Map<string, { exact: Map<string, MergedRule[]>; wild: MergedRule[] }>()
  for (const group of groups.values()) {
    const rule = merged(group)
    let own = index.get(rule.namespace)
    if (!own) {
      own = { exact: new Map(), wild: [] }
      index.set(rule.namespace, own)
    }
    if (isWildcard(rule.host)) own.wild.push(rule)
    else own.exact.set(rule.host, [...(own.exact.get(rule.host) ?? []), rule])
  }
  for (const own of index.values()) own.wild.sort((a, b) => bySpecificity(a.host, b.host))
  indexes.set(rules, index)
  return index
}

const groupKeys = new WeakMap<DestinationRule, string>()

/** Rules of one key are taken as one. */
function groupKey(rule: DestinationRule): string {
  let key = groupKeys.get(rule)
  if (key === undefined) {
    const { namespace, host, exportTo, workloadSelector } = rule
    key = JSON.stringify([namespace, host, [...exportTo].sort(), Object.entries(workloadSelector ?? {}).sort()])
    groupKeys.set(rule, key)
  }
  return key
}

const merges = new WeakMap<DestinationRule, { readonly group: readonly DestinationRule[]; readonly made: MergedRule }>()

/** The same object as long as the same rules are merged, whatever other rules came or went. */
function merged(group: readonly DestinationRule[]): MergedRule {
  const known = merges.get(group[0]!)
  if (known && known.group.length === group.length && known.group.every((r, i) => r === group[i])) return known.made
  const made = merge(group)
  merges.set(group[0]!, { group, made })
  return made
}

function merge(group: readonly DestinationRule[]): MergedRule {
  const first = group[0]!
  const subsets = new Map<string, Subset>()
  for (const rule of group) for (const s of rule.subsets) if (!subsets.has(s.name)) subsets.set(s.name, s)
  const selector = first.workloadSelector
  return {
    host: first.host,
    namespace: first.namespace,
    exportTo: first.exportTo,
    workloadSelector: selector && Object.keys(selector).length > 0 ? selector : undefined,
    trafficPolicy: group.find(r => r.trafficPolicy)?.trafficPolicy,
    subsets: [...subsets.values()],
    origins: group.map(r => r.origin),
  }
}
