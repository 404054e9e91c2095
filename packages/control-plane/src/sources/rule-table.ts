import { type ItemChange, patchedList } from '../collections/index.ts'
import {
  mergeDelegates,
  type ParseContext,
  type Parsed,
  type ParsedVirtualService,
  parseDestinationRule,
  parseGateway,
  parseRegionalTrafficPolicy,
  parseSidecar,
  parseVirtualService,
  type RawObject,
  withoutDelegates,
} from '../istio/index.ts'
import { byAge, type Finding, type Mesh, type RuleMeta, type VirtualService } from '../model/index.ts'
import type { RuleTable } from './mesh-change.ts'
import { same } from './same.ts'

type Rules = Pick<Mesh, RuleTable>

const parsers: Record<
  string,
  { table: RuleTable; parse: (object: RawObject, context: ParseContext) => Parsed<RuleMeta> }
> = {
  Gateway: { table: 'gateways', parse: parseGateway },
  VirtualService: { table: 'virtualServices', parse: parseVirtualService },
  DestinationRule: { table: 'destinationRules', parse: parseDestinationRule },
  Sidecar: { table: 'sidecars', parse: parseSidecar },
  RegionalTrafficPolicy: { table: 'regionalPolicies', parse: parseRegionalTrafficPolicy },
}

export function isRuleKind(kind: string): boolean {
  return kind in parsers
}

/** What is wrong with an object; undefined where it is no rule. */
export function ruleFindings(object: RawObject, context: ParseContext): readonly Finding[] | undefined {
  return parsers[object.kind]?.parse(object, context).findings
}

/** One table's rows. */
class Rows {
  readonly #byKey = new Map<string, RuleMeta>()
  /** What rows that changed were in the list. */
  readonly #before = new Map<string, RuleMeta | undefined>()
  #list: readonly RuleMeta[] = []
  /** VirtualServices that name others, or have no hosts of their own for others to name them. */
  #delegation = 0

  /** Oldest first. */
  get list(): readonly RuleMeta[] {
    return this.#list
  }

  get delegates(): boolean {
    return this.#delegation > 0
  }

  /** @returns true where it is another now */
  set(key: string, value: RuleMeta | undefined): boolean {
    const before = this.#byKey.get(key)
    if (value ? same(before, value) : !before) return false
    if (!this.#before.has(key)) this.#before.set(key, before)
    if (value) this.#byKey.set(key, value)
    else this.#byKey.delete(key)
    this.#delegation += delegation(value) - delegation(before)
    return true
  }

  /** Brings the list up to date. @returns what went and what came; undefined where that is much of it */
  settle(): readonly ItemChange<RuleMeta>[] | undefined {
    const changes: ItemChange<RuleMeta>[] = []
    for (const [key, before] of this.#before) {
      const now = this.#byKey.get(key)
      if (before) changes.push({ item: before, gone: true })
      if (now) changes.push({ item: now, gone: false })
    }
    this.#before.clear()
    const many = changes.length > this.#list.length / 8
    this.#list = many ? [...this.#byKey.values()].sort(byAge) : patchedList(this.#list, changes, byAge)
    return many ? undefined : changes
  }
}

function delegation(rule: RuleMeta | undefined): number {
  const vs = rule as Partial<ParsedVirtualService> | undefined
  return vs?.delegates && (vs.delegates.size > 0 || vs.hosts?.length === 0) ? 1 : 0
}

/** The rules in force, each parsed once when it changes. */
export class RuleTables {
  readonly #rows = new Map<RuleTable, Rows>()
  readonly #dirty = new Set<RuleTable>()
  /** True where the VirtualServices' list was made of some that name others. */
  #delegated = false
  rules: Rules = { gateways: [], virtualServices: [], destinationRules: [], sidecars: [], regionalPolicies: [] }
  /** About delegates, which no single object can tell. */
  delegateFindings: readonly Finding[] = []

  /** @returns what is wrong with the object */
  set(kind: string, key: string, object: RawObject | undefined, context: ParseContext): readonly Finding[] {
    const parser = parsers[kind]
    if (!parser) return []
    const { table, parse } = parser
    const rows = this.#rows.get(table) ?? new Rows()
    this.#rows.set(table, rows)
    const { value, findings } = object ? parse(object, context) : { findings: [] }
    if (rows.set(key, value)) this.#dirty.add(table)
    return findings
  }

  /** Brings `rules` up to date. @returns the tables that changed */
  settle(): ReadonlySet<RuleTable> {
    const changed = new Set(this.#dirty)
    this.#dirty.clear()
    for (const table of changed) {
      const rows = this.#rows.get(table)!
      const changes = rows.settle()
      this.rules = { ...this.rules, [table]: table === 'virtualServices' ? this.#merged(rows, changes) : rows.list }
    }
    return changed
  }

  #merged(rows: Rows, changes: readonly ItemChange<RuleMeta>[] | undefined): readonly VirtualService[] {
    const plain = !rows.delegates && !this.#delegated
    this.#delegated = rows.delegates
    if (plain && changes) {
      const own = changes.map(({ item, gone }) => ({ item: withoutDelegates(item as ParsedVirtualService), gone }))
      return patchedList(this.rules.virtualServices, own, byAge)
    }
    const { virtualServices, findings } = mergeDelegates(rows.list as ParsedVirtualService[])
    this.delegateFindings = findings
    return virtualServices
  }
}
