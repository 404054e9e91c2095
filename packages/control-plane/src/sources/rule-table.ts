import {
  byAge,
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
} from '../istio/index.ts'
import type { Finding, Mesh, RuleMeta } from '../model/index.ts'
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

/** The rules in force, each parsed once when it changes. */
export class RuleTables {
  readonly #parsed = new Map<RuleTable, Map<string, RuleMeta>>()
  readonly #dirty = new Set<RuleTable>()
  rules: Rules = { gateways: [], virtualServices: [], destinationRules: [], sidecars: [], regionalPolicies: [] }
  /** About delegates, which no single object can tell. */
  delegateFindings: readonly Finding[] = []

  /** @returns what is wrong with the object */
  set(kind: string, key: string, object: RawObject | undefined, context: ParseContext): readonly Finding[] {
    const parser = parsers[kind]
    if (!parser) return []
    const { table, parse } = parser
    const rows = this.#parsed.get(table) ?? new Map<string, RuleMeta>()
    this.#parsed.set(table, rows)
    const { value, findings } = object ? parse(object, context) : { findings: [] }
    if (value) {
      if (same(rows.get(key), value)) return findings
      rows.set(key, value)
    } else if (!rows.delete(key)) return findings
    this.#dirty.add(table)
    return findings
  }

  /** Brings `rules` up to date. @returns the tables that changed */
  settle(): ReadonlySet<RuleTable> {
    const changed = new Set(this.#dirty)
    this.#dirty.clear()
    for (const table of changed) {
      const rows = [...(this.#parsed.get(table)?.values() ?? [])].sort(byAge)
      if (table === 'virtualServices') {
        const { virtualServices, findings } = mergeDelegates(rows as ParsedVirtualService[])
        this.delegateFindings = findings
        this.rules = { ...this.rules, virtualServices }
      } else this.rules = { ...this.rules, [table]: rows }
    }
    return changed
  }
}
