import { ListIndex, patched } from '../collections/index.ts'
import {
  byAge,
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

/** Of one namespace. */
interface NamespaceRules {
  readonly exact: ReadonlyMap<string, HostRules>
  /** Narrow before wide. */
  readonly wild: readonly HostRules[]
}

/** Of one namespace for one host. */
interface HostRules {
  readonly host: string
  /** Oldest first. */
  readonly rules: readonly DestinationRule[]
  readonly merged: readonly MergedRule[]
}

type RuleIndex = ReadonlyMap<string, NamespaceRules>

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
  const index = indexes.of(mesh.destinationRules)
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
  const exact = candidates(rules.exact.get(host)?.merged ?? [])
  if (exact) return exact
  for (const wild of rules.wild) {
    const found = covers(wild.host, host) ? candidates(wild.merged) : undefined
    if (found) return found
  }
  return undefined
}

const indexes = new ListIndex<DestinationRule, RuleIndex>(
  rules => patchIndex(new Map(), [], rules),
  (index, { gone, come }) => patchIndex(index, gone, come),
)

function patchIndex(index: RuleIndex, gone: readonly DestinationRule[], come: readonly DestinationRule[]): RuleIndex {
  const after = new Map(index)
  const changed = Map.groupBy([...gone, ...come], rule => rule.namespace)
  const went = new Set(gone)
  for (const [namespace, all] of changed) {
    const own = index.get(namespace) ?? { exact: new Map<string, HostRules>(), wild: [] }
    const changes = new Map<string, HostRules | undefined>()
    for (const [host, some] of Map.groupBy(all, rule => rule.host)) {
      const before = isWildcard(host) ? own.wild.find(wild => wild.host === host) : own.exact.get(host)
      const rules = [...(before?.rules ?? []), ...some.filter(rule => !went.has(rule))]
        .filter(rule => !went.has(rule))
        .sort(byAge)
      changes.set(host, rules.length > 0 ? { host, rules, merged: mergedOf(rules) } : undefined)
    }
    const exact = patched(
      own.exact,
      [...changes].filter(([host]) => !isWildcard(host)),
    )
    const others = own.wild.filter(({ host }) => !changes.has(host))
    const wild = [...changes].flatMap(([host, rules]) => (rules && isWildcard(host) ? [rules] : []))
    after.set(namespace, { exact, wild: [...others, ...wild].sort((a, b) => bySpecificity(a.host, b.host)) })
  }
  return after
}

/** In the order of the oldest of each. */
function mergedOf(rules: readonly DestinationRule[]): readonly MergedRule[] {
  return [...Map.groupBy(rules, groupKey).values()].map(merged)
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
