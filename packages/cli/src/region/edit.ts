import { IsthmusError } from '@isthmus/errors'
import type { DistributionRule, FailoverRule, PolicySpec } from './policy-object.ts'

/* Edits of a policy's spec: each gives a new one and keeps what it does not speak of. */

export function setFailover(spec: PolicySpec, rule: FailoverRule): PolicySpec {
  if (rule.to.includes(rule.from)) throw new IsthmusError('ISM2124', `${rule.from} cannot take over from itself`)
  return { ...spec, failover: { ...spec.failover, enabled: true, rules: put(spec.failover?.rules, rule) } }
}

export function setDistribution(spec: PolicySpec, rule: DistributionRule, at: string | undefined): PolicySpec {
  const { distribution } = spec
  return {
    ...spec,
    distribution: { ...distribution, enabled: true, ...(at && { at }), rules: put(distribution?.rules, rule) },
  }
}

/** Without a region the whole section goes, with its last rule too. Throws ISM2125 where there is nothing to unset. */
export function unset(spec: PolicySpec, section: 'failover' | 'distribution', from: string | undefined): PolicySpec {
  const rules: { from: string }[] = spec[section]?.rules ?? []
  if (!spec[section] || (from !== undefined && !rules.some(r => r.from === from)))
    throw new IsthmusError('ISM2125', `there is no ${section}${from ? ` from ${from}` : ''}`)
  const left = from === undefined ? [] : rules.filter(r => r.from !== from)
  const { [section]: old, ...others } = spec
  return left.length > 0 ? ({ ...others, [section]: { ...old, rules: left } } as PolicySpec) : others
}

/** True where nothing is left that would do something. */
export function isEmpty(spec: PolicySpec): boolean {
  return Object.keys(spec).every(key => key === 'services')
}

/** `cn-shanghai=10` arguments. Percents are whole; what is missing to 100 stays in the source region. Throws ISM2124. */
export function sharesOf(from: string, args: readonly string[]): Record<string, number> {
  const shares: Record<string, number> = {}
  for (const arg of args) {
    const [, region, number] = /^([^=]+)=(\d{1,3})%?$/.exec(arg) ?? []
    if (!region || number === undefined)
      throw new IsthmusError('ISM2124', `"${arg}" is not REGION=PERCENT with a whole percent, as in cn-shanghai=10`)
    if (region in shares) throw new IsthmusError('ISM2124', `${region} is there twice`)
    shares[region] = Number(number)
  }
  const sum = Object.values(shares).reduce((a, b) => a + b, 0)
  if (sum > 100) throw new IsthmusError('ISM2124', `the shares add up to ${sum}%, more than 100%`)
  if (from in shares && sum !== 100)
    throw new IsthmusError('ISM2124', `shares that name ${from} itself must add up to 100%, they add up to ${sum}%`)
  return shares
}

/** A whole percent from 1 to 100. Throws ISM2124. */
export function thresholdOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const percent = Number(text.replace(/%$/, ''))
  if (!Number.isInteger(percent) || percent < 1 || percent > 100)
    throw new IsthmusError('ISM2124', `--threshold takes a whole percent from 1 to 100, not "${text}"`)
  return percent
}

function put<T extends { from: string }>(rules: readonly T[] | undefined, rule: T): T[] {
  const index = rules?.findIndex(r => r.from === rule.from) ?? -1
  if (!rules || index < 0) return [...(rules ?? []), rule]
  return rules.with(index, rule)
}
