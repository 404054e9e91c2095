import { type ErrorCode, errors } from '@isthmus/errors'
import type { Obstacle } from './obstacle.ts'
import { overlap } from './ranges.ts'
import { type CheckType, checkTypes } from './resource.ts'
import type { ClusterFacts, Symptoms } from './symptoms.ts'

/** One check's outcome, ready to become a condition. */
export interface Check {
  readonly type: CheckType
  readonly status: 'True' | 'False' | 'Unknown'
  readonly code?: ErrorCode
  readonly reason: string
  readonly message: string
}

export interface Diagnosis {
  /** In order; those after the failed one are Unknown. */
  readonly checks: readonly Check[]
  readonly failed?: Check
  readonly facts?: ClusterFacts
}

export interface DiagnosisContext {
  /** The member's own region, where one was given. */
  readonly region?: string
  /** Address ranges of the other members of the same network. */
  readonly others: readonly MemberRanges[]
  /** What the network inventory says is in the way; undefined: nothing, or there is none. */
  readonly obstacle?: Obstacle
  /** False: no inventory, so that only symptoms can be told. */
  readonly inventory: boolean
}

export interface MemberRanges {
  readonly name: string
  readonly podCIDRs: readonly string[]
  readonly serviceCIDRs: readonly string[]
}

/** From what was seen to the first thing that is wrong. Pure. */
export function conclude(s: Symptoms, context: DiagnosisContext): Diagnosis {
  const failed = firstFailure(s, context)
  return { checks: checksUpTo(failed, s), failed, facts: s.facts }
}

/** A diagnosis for when not even the kubeconfig could be used. */
export function unusable(message: string): Diagnosis {
  const failed = fail('KubeconfigUsable', 'ISM4010', message)
  return { checks: checksUpTo(failed, undefined), failed }
}

function firstFailure(s: Symptoms, c: DiagnosisContext): Check | undefined {
  return network(s, c) ?? server(s) ?? cluster(s, c)
}

/** Symptoms below TLS, with their cause where the inventory knows it. */
function network({ tcp, tls, ...s }: Symptoms, c: DiagnosisContext): Check | undefined {
  const at = `${s.host}:${s.port}`
  const lost = !['connected', 'refused', 'dns'].includes(tcp.kind) || tls?.kind === 'timeout' || tls?.kind === 'failed'
  if (lost && c.obstacle)
    return fail(c.obstacle.check, c.obstacle.code, `${c.obstacle.message} (seen: ${seen(at, tcp, tls)})`)
  const hint = c.inventory
    ? 'the network inventory shows no obstacle on the way'
    : 'no network inventory is configured; look at routes, security groups and inter-region bandwidth'
  if (tcp.kind === 'dns')
    return fail('APIReachable', 'ISM4004', `the name ${s.host} cannot be resolved (${tcp.detail})`)
  if (tcp.kind === 'refused') return fail('APIReachable', 'ISM4004', `${at} refuses connections: nothing listens there`)
  if (tcp.kind !== 'connected') return fail('APIReachable', 'ISM4004', `TCP to ${at}: ${tcp.detail}; ${hint}`)
  if (tls?.kind === 'timeout') return fail('APIReachable', 'ISM4015', `${at}: ${tls.detail}; ${hint}`)
  if (tls?.kind === 'failed') return fail('APIReachable', 'ISM4011', `${at} does not speak TLS: ${tls.detail}`)
  return undefined
}

function seen(at: string, tcp: Symptoms['tcp'], tls: Symptoms['tls']): string {
  return tls ? `TCP to ${at} connects, ${tls.detail}` : `TCP to ${at}: ${tcp.detail}`
}

function server({ tls, api, missingPermissions, server: url }: Symptoms): Check | undefined {
  if (tls?.kind === 'untrusted') return fail('CertificateTrusted', 'ISM4005', `${url}: ${tls.detail}`)
  if (api?.kind === 'timeout') return fail('APIReachable', 'ISM4004', api.detail)
  if (api?.kind === 'notKubernetes') return fail('APIReachable', 'ISM4011', api.detail)
  if (api?.kind === 'unauthorized') return fail('CredentialsAccepted', 'ISM4006', api.detail)
  if (api?.kind === 'failed') return fail('APIReachable', 'ISM4004', api.detail)
  if (missingPermissions?.length)
    return fail('PermissionsGranted', 'ISM4007', `not allowed: ${missingPermissions.join(', ')}`)
  return undefined
}

function cluster({ facts }: Symptoms, c: DiagnosisContext): Check | undefined {
  if (!facts) return undefined
  if (!c.region && facts.nodes > 0 && facts.regions.length === 0)
    return fail(
      'RegionKnown',
      'ISM4008',
      `none of its ${facts.nodes} nodes has a region label (${some(facts.unlabelled)})`,
    )
  if (!c.region && facts.nodes === 0)
    return fail('RegionKnown', 'ISM4008', 'it has no nodes yet, and no region was given')
  return collision(facts, c.others)
}

/** Pods' addresses must say which cluster they are in; a range of services hides what it overlaps. Services may overlap services. */
function collision(facts: ClusterFacts, others: readonly MemberRanges[]): Check | undefined {
  for (const other of others) {
    const pairs: readonly (readonly [string, readonly string[], string, readonly string[]])[] = [
      ['pods', facts.podCIDRs, 'pods', other.podCIDRs],
      ['services', facts.serviceCIDRs, 'pods', other.podCIDRs],
      ['pods', facts.podCIDRs, 'services', other.serviceCIDRs],
    ]
    for (const [what, mine, otherWhat, theirs] of pairs)
      for (const range of mine) {
        const hit = theirs.find(r => overlap(range, r))
        if (hit)
          return fail(
            'AddressesDistinct',
            'ISM4009',
            `its ${what} (${range}) overlap the ${otherWhat} of ${other.name} (${hit})`,
          )
      }
  }
  return undefined
}

function some(names: readonly string[]): string {
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ')
}

function fail(type: CheckType, code: ErrorCode, message: string): Check {
  return { type, status: 'False', code, reason: errors[code].reason, message: `${code}: ${message}` }
}

/** Everything before the failed check is well, the rest was not reached. */
function checksUpTo(failed: Check | undefined, s: Symptoms | undefined): Check[] {
  const at = failed ? checkTypes.indexOf(failed.type) : checkTypes.length
  return checkTypes.map((type, i) => {
    if (failed && i === at) return failed
    if (i > at) return { type, status: 'Unknown', reason: 'NotChecked', message: `${failed!.type} comes first` }
    // What lies below a connection that does not open is not known to be well, only not known to be wrong.
    if (networkChecks.includes(type) && s?.tcp.kind !== 'connected' && s?.tcp.kind !== 'refused')
      return {
        type,
        status: 'Unknown',
        reason: 'NoneFound',
        message: 'nothing wrong was found; the API does not answer',
      }
    return { type, status: 'True', reason: 'Checked', message: messages[type](s) }
  })
}

const networkChecks: readonly CheckType[] = ['RouteAvailable', 'SecurityGroupAllows', 'BandwidthAvailable']

const messages: Record<CheckType, (s: Symptoms | undefined) => string> = {
  KubeconfigUsable: s => s?.server ?? '',
  RouteAvailable: s => `packets reach ${s?.host}`,
  SecurityGroupAllows: s => `port ${s?.port} is open to the mesh`,
  BandwidthAvailable: () => 'TLS completes in time',
  APIReachable: s => s?.facts?.version ?? '',
  CertificateTrusted: () => '',
  CredentialsAccepted: () => '',
  PermissionsGranted: () => '',
  RegionKnown: s => s?.facts?.regions.join(', ') ?? '',
  AddressesDistinct: s => s?.facts?.podCIDRs.join(', ') ?? '',
}
