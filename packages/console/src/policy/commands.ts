import { commandOf } from '../format/shell.ts'
import type { Policy } from './policy.ts'

/** Which policy is edited: the mesh's, or that of one service. */
export interface Target {
  readonly name: string
  readonly namespace: string
  /** Fully qualified. */
  readonly service?: string
}

/** What `isthmus region` takes to make a policy what it is here. */
export function regionCommands(target: Target, policy: Policy): readonly string[] {
  const where = target.service ? ['--service', target.service, '-n', target.namespace] : []
  const limit = policy.unansweredAfter
  return [
    ...(policy.failover.enabled
      ? policy.failover.rules.map((rule, i) =>
          commandOf(
            ...['isthmus', 'region', 'failover', 'set', rule.from, ...rule.to],
            ...(rule.only ? ['--only'] : []),
            ...(rule.thresholdPercent !== undefined ? ['--threshold', rule.thresholdPercent] : []),
            ...(i === 0 && limit ? ['--unanswered-after', limit] : []),
            ...where,
          ),
        )
      : []),
    ...(policy.distribution.enabled
      ? policy.distribution.rules.map(rule =>
          commandOf(
            ...['isthmus', 'region', 'distribution', 'set', rule.from],
            ...Object.entries(rule.to).map(([region, percent]) => `${region}=${percent}`),
            ...(policy.distribution.at ? ['--at', policy.distribution.at] : []),
            ...where,
          ),
        )
      : []),
  ]
}

/** The object as it is, by kubectl. */
export function applyCommand(yaml: string): string {
  return `kubectl --context mesh apply -f - <<'YAML'\n${yaml.trimEnd()}\nYAML`
}
