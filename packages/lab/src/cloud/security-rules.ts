import { parseCidr } from '../network/cidr.ts'
import type { GroupRule } from '../network/topology.ts'
import type { InboundRule } from './resources.ts'
import { refused, type Verdict } from './verdict.ts'

export function judgeRules(rules: readonly InboundRule[]): Verdict | undefined {
  for (const [i, rule] of rules.entries()) {
    const where = `spec.inbound[${i}]`
    if (!parseCidr(rule.source)) return refused('ISM1211', `${where}.source ${rule.source} is not a range`)
    if (!rule.portRange) continue
    if (rule.protocol !== 'TCP' && rule.protocol !== 'UDP')
      return refused('ISM1211', `${where}.portRange goes with TCP or UDP, not ${rule.protocol}`)
    if (!ports(rule.portRange)) return refused('ISM1211', `${where}.portRange ${rule.portRange} is not one`)
  }
  return undefined
}

/** Rules that were judged good, as the network plan wants them. */
export const groupRules = (rules: readonly InboundRule[]): GroupRule[] =>
  rules.map(rule => ({
    protocol: rule.protocol,
    source: rule.source,
    ...(rule.portRange ? { ports: ports(rule.portRange)! } : {}),
  }))

function ports(text: string): readonly [number, number] | undefined {
  const [first, last = first, rest] = text.split('-').map(Number)
  const good = rest === undefined && [first, last].every(p => Number.isInteger(p) && p! >= 1 && p! <= 65535)
  return good && first! <= last! ? [first!, last!] : undefined
}
