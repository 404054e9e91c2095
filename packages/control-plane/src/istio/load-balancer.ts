import type { LoadBalancer, LocalityLbSetting } from '../model/index.ts'
import { matchedHeaderProblem } from './header-format.ts'
import type { Reader } from './reader.ts'

const simple = ['UNSPECIFIED', 'LEAST_CONN', 'LEAST_REQUEST', 'RANDOM', 'PASSTHROUGH', 'ROUND_ROBIN'] as const

export function readLoadBalancer(lb: Reader): LoadBalancer {
  const named = lb.choice('simple', simple)
  const consistentHash = lb.in('consistentHash', readConsistentHash)
  if (named && consistentHash) lb.error('consistentHash', 'must not be there beside simple')
  const warmup = lb.in('warmup', w => {
    for (const field of ['minimumPercent', 'aggression']) w.ignore(field)
    return w.duration('duration', 1)
  })
  return {
    // LEAST_CONN is the old name of LEAST_REQUEST; UNSPECIFIED leaves it to the mesh.
    simple: named === 'LEAST_CONN' ? 'LEAST_REQUEST' : named === 'UNSPECIFIED' ? undefined : named,
    consistentHash,
    localityLbSetting: lb.in('localityLbSetting', readLocalityLbSetting),
    warmupDurationMs: lb.duration('warmupDurationSecs', 1) ?? warmup,
  }
}

/** Envoy's limits. */
const maxRingSize = 8_388_608
const maxTableSize = 5_000_011

type ConsistentHash = NonNullable<LoadBalancer['consistentHash']>

function readConsistentHash(hash: Reader): ConsistentHash | undefined {
  const keys: ConsistentHash['key'][] = []
  const header = hash.string('httpHeaderName')
  if (header) keys.push({ kind: 'header', name: header })
  const problem = header ? matchedHeaderProblem(header) : undefined
  if (problem) hash.error('httpHeaderName', problem)
  const cookie = hash.in('httpCookie', c => {
    c.ignore('attributes')
    return { kind: 'cookie', name: c.text('name'), path: c.string('path'), ttlMs: c.duration('ttl') } as const
  })
  if (cookie) keys.push(cookie)
  if (hash.bool('useSourceIp')) keys.push({ kind: 'sourceIp' })
  const parameter = hash.string('httpQueryParameterName')
  if (parameter) keys.push({ kind: 'queryParameter', name: parameter })
  const ringHash = hash.in('ringHash', r => ({ minimumRingSize: r.number('minimumRingSize', { max: maxRingSize }) }))
  const maglev = hash.in('maglev', m => ({ tableSize: readTableSize(m) }))
  const oldSize = hash.number('minimumRingSize', { max: maxRingSize })
  const [key] = keys
  if (!key || keys.length > 1) {
    hash.report.error(hash.path, 'needs one of httpHeaderName, httpCookie, useSourceIp, httpQueryParameterName')
    return undefined
  }
  return { key, ringHash: ringHash ?? (oldSize === undefined ? undefined : { minimumRingSize: oldSize }), maglev }
}

function readTableSize(maglev: Reader): number | undefined {
  const size = maglev.number('tableSize', { min: 2, max: maxTableSize })
  if (size !== undefined && !isPrime(size)) maglev.error('tableSize', `must be a prime number, is ${size}`)
  return size
}

function isPrime(n: number): boolean {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false
  return true
}

function readLocalityLbSetting(setting: Reader): LocalityLbSetting {
  const distribute = setting.each('distribute', d => {
    const from = d.text('from')
    const to = d.numbers('to', { max: 100 })
    const sum = Object.values(to).reduce((n, w) => n + w, 0)
    if (sum !== 100) d.error('to', `weights must add up to 100, they add up to ${sum}`)
    return { from, to }
  })
  const failover = setting.each('failover', f => {
    const made = { from: f.text('from'), to: f.text('to') }
    if (made.from && made.from === made.to) f.error('to', `must be another region than "${made.from}"`)
    return made
  })
  if (distribute.length > 0 && failover.length > 0) setting.error('failover', 'must not be there beside distribute')
  return {
    enabled: setting.bool('enabled'),
    distribute,
    failover,
    failoverPriority: setting.strings('failoverPriority'),
  }
}
