import type { Preview } from '@isthmus/api'
import type { Mesh, RegionalTrafficPolicy, Service } from '../../model/index.ts'
import { wrongShares } from '../../regions/policy-findings.ts'
import type { Link } from './matrix.ts'
import { linkKey } from './matrix.ts'
import { onePort } from './services.ts'
import { regionsOf, seenFrom } from './standpoint.ts'

type Check = Preview['checks'][number]

const good = (text: string): Check => ({ ok: true, text, severity: 'info' })
const bad = (severity: Check['severity'], text: string): Check => ({ ok: false, text, severity })

export interface CheckInput {
  /** As it would be. */
  readonly mesh: Mesh
  readonly policy: RegionalTrafficPolicy
  readonly services: readonly Service[]
  readonly moves: Preview['moves']
  readonly links: ReadonlyMap<string, Link>
}

/** What a person would want to know before saving. Pure. */
export function checksOf(input: CheckInput): Check[] {
  return [...sums(input), ...known(input), ...survivors(input), ...ejection(input), ...links(input)]
}

function sums({ policy }: CheckInput): Check[] {
  return (policy.distribution?.rules ?? []).map(rule => {
    const wrong = wrongShares(rule)
    if (wrong) return bad('error', `from ${rule.from}: ${wrong}`)
    const away = Object.entries(rule.to).filter(([region]) => region !== rule.from)
    const rest = 100 - away.reduce((sum, [, percent]) => sum + percent, 0)
    const parts = away.map(([region, percent]) => `${percent}% to ${region}`)
    return good(`from ${rule.from}: ${parts.join(', ') || 'nothing elsewhere'}; ${rest}% stays`)
  })
}

function named(policy: RegionalTrafficPolicy): readonly string[] {
  const failover = (policy.failover?.rules ?? []).flatMap(r => [r.from, ...r.to])
  const distribution = (policy.distribution?.rules ?? []).flatMap(r => [r.from, ...Object.keys(r.to)])
  return [...new Set([...failover, ...distribution])].sort()
}

function known({ mesh, policy, services }: CheckInput): Check[] {
  return named(policy).map(region => {
    if (!regionsOf(mesh).includes(region)) return bad('warning', `the mesh has no region ${region}`)
    const lacking = services.filter(s => here(mesh, s, region).length === 0)
    if (lacking.length === 0) return good(`every service has endpoints in ${region}`)
    const text = `${lacking.length} of ${services.length} services have no endpoint in ${region}: ${some(lacking)}`
    return bad(lacking.length === services.length ? 'error' : 'warning', text)
  })
}

function here(mesh: Mesh, service: Service, region: string) {
  return onePort(service, mesh.endpoints.get(service.hostname) ?? []).filter(e => e.locality.region === region)
}

/** Whether who takes over has as many healthy endpoints as the region it takes over from. */
function survivors({ mesh, policy, services }: CheckInput): Check[] {
  if (!policy.failover?.enabled) return []
  return policy.failover.rules.flatMap(({ from, to }) => {
    const first = to[0]
    if (first === undefined) return []
    const healthy = (s: Service, region: string) => here(mesh, s, region).filter(e => e.health === 'healthy').length
    const short = services.filter(s => {
      const [lost, left] = [healthy(s, from), healthy(s, first)]
      return left > 0 && lost > 0 && left < lost
    })
    if (short.length === 0) return [good(`${first} has at least as many healthy endpoints as ${from} for each service`)]
    const worst = short
      .map(s => ({ s, factor: (healthy(s, from) + healthy(s, first)) / healthy(s, first) }))
      .sort((a, b) => b.factor - a.factor)[0]
    return [
      bad(
        'warning',
        `without ${from}, ${short.length} services have fewer endpoints in ${first} than were lost; ${worst?.s.hostname}: each would carry ${worst?.factor.toFixed(1)} times its load`,
      ),
    ]
  })
}

function ejection({ mesh, policy, services }: CheckInput): Check[] {
  const region = regionsOf(mesh)[0]
  if (region === undefined || !(policy.failover?.enabled || policy.distribution?.enabled)) return []
  const decisions = services
    .filter(s => s.ports.some(p => p.protocol !== 'UDP'))
    .map(s => ({
      s,
      decision: seenFrom(mesh, s, { from: { region, zone: '', subzone: '' }, role: 'sidecar' }).decision,
    }))
  const overridden = decisions.filter(({ decision: d }) => d.mode === 'istio')
  const without = decisions.filter(({ decision: d }) => d.mode !== 'istio' && !d.outlierDetection)
  const checks: Check[] = []
  if (without.length > 0)
    checks.push(bad('warning', `${without.length} services have no outlier detection: ${some(without.map(w => w.s))}`))
  else if (decisions.length > overridden.length)
    checks.push(good('endpoints that fail are ejected, so that requests can leave (outlier detection)'))
  if (overridden.length > 0) {
    const which = some(overridden.map(o => o.s))
    const text = `a localityLbSetting in a DestinationRule decides in place of this policy for ${which}`
    checks.push(bad('warning', text))
  }
  if (policy.unansweredAfterMs === undefined)
    checks.push(bad('warning', 'unansweredAfter is not set: pods that accept requests and never answer go unnoticed'))
  return checks
}

/** Bytes are not measured, so a link is named with its limit where traffic would move onto it. */
function links({ moves, links: all }: CheckInput): Check[] {
  return moves.flatMap(move => {
    if (move.source === move.destination || move.afterPercent <= move.beforePercent + 0.005) return []
    const link = all.get(linkKey(move.source, move.destination))
    if (!link) return []
    const name = `connection ${link.name} (${move.source} to ${move.destination})`
    if (!link.limitBitsPerSecond) return [bad('error', `${name} has no bandwidth plan, and traffic would move onto it`)]
    const requests = move.afterRequestsPerSecond
    const each = requests
      ? ` : ${Math.round(link.limitBitsPerSecond / 8 / requests)} bytes for each request at the rate measured`
      : ''
    return [good(`${name} carries ${link.limitBitsPerSecond / 1e6} Mbit/s${each}`)]
  })
}

function some(services: readonly Service[]): string {
  const names = services.slice(0, 3).map(s => s.hostname)
  return names.join(', ') + (services.length > 3 ? ` and ${services.length - 3} more` : '')
}
