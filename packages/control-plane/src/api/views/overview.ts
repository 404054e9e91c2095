import type { Attention, Overview, RegionStatus } from '@isthmus/api'
import { type Finding, type Mesh, originText } from '../../model/index.ts'
import type { RegionStanding } from '../../telemetry/index.ts'
import type { ProxyStatus } from '../../xds/status.ts'
import { bySeverity, shownFinding } from './findings.ts'
import { placeOf } from './places.ts'
import { regionsOf } from './standpoint.ts'

/** What gateways and sidecars sent, by cluster; see Telemetry.senders. */
export interface Sent {
  readonly cluster: string
  readonly region: string
  readonly gateway: string
  readonly requestsPerSecond: number
  readonly errorsPerSecond: number
}

export interface RegionInput {
  readonly mesh: Mesh
  readonly standings: readonly RegionStanding[]
  readonly sent: readonly Sent[]
  readonly gateways: readonly { readonly name: string; readonly region: string }[]
  /** When this control plane began, milliseconds since the epoch. */
  readonly began: number
}

/** Every region of the mesh: where it stands and what is in it. */
export function regionStatuses({ mesh, standings, sent, gateways, began }: RegionInput): RegionStatus[] {
  const counts = new Map<string, { endpoints: number; healthy: number; stale: number }>()
  for (const endpoints of mesh.endpoints.values())
    for (const { locality, health, stale } of endpoints) {
      const at = counts.get(locality.region) ?? { endpoints: 0, healthy: 0, stale: 0 }
      counts.set(locality.region, at)
      at.endpoints++
      if (health === 'healthy') at.healthy++
      if (stale) at.stale++
    }
  return regionsOf(mesh).map(region => {
    const standing = standings.find(s => s.region === region)
    const here = sent.filter(s => s.region === region)
    const place = placeOf(region)
    const clusters = [...mesh.clusters.values()].filter(c => c.region === region).map(c => c.name)
    return {
      region,
      state: standing?.state ?? 'unknown',
      basis: standing?.basis ?? 'intended',
      cause:
        standing?.cause ??
        (clusters.length === 0 ? 'no member cluster is in it, so nobody judges it' : 'not looked at yet'),
      since: standing?.since ?? began,
      clusters: clusters.sort(),
      gateways: [...new Set(gateways.filter(g => g.region === region).map(g => g.name))].sort(),
      ...(counts.get(region) ?? { endpoints: 0, healthy: 0, stale: 0 }),
      requestsPerSecond: sum(here, 'requestsPerSecond'),
      errorsPerSecond: sum(here, 'errorsPerSecond'),
      affected: (standing?.affected ?? []).map(({ service, state, cause, since }) => ({
        service,
        state,
        cause,
        since,
      })),
      ...(place && { place }),
    }
  })
}

function sum(rows: readonly Sent[], field: 'requestsPerSecond' | 'errorsPerSecond'): number {
  return rows.reduce((all, row) => all + row[field], 0)
}

/** What a person should look at, first things first. */
export function attention(
  regions: readonly RegionStatus[],
  clusters: Overview['clusters'],
  proxies: readonly ProxyStatus[],
  findings: readonly Finding[],
): Attention[] {
  const list: Attention[] = []
  for (const r of regions)
    if (r.state !== 'normal' && r.state !== 'unknown')
      list.push({
        severity: r.state === 'failed over' ? 'error' : 'warning',
        text: `${r.region} is ${r.state}: ${r.cause}`,
        since: r.since,
        region: r.region,
      })
  for (const c of clusters)
    if (!c.ready)
      list.push({
        severity: 'error',
        text: `cluster ${c.name} does not answer: its last known state is in force`,
        mend: 'See its diagnosis on the page of clusters, or isthmus cluster list.',
        ...(c.lastContact !== undefined && { since: c.lastContact }),
        object: { cluster: '', kind: 'MemberCluster', namespace: '', name: c.name },
      })
  for (const p of proxies) {
    const refused = p.types.find(t => t.nacked)?.nacked
    if (refused)
      list.push({
        severity: 'error',
        text: `proxy ${p.node.pod}.${p.node.namespace} refuses its configuration: ${refused.words}`,
        mend: 'Correct the object that the proxy names; what it held before stays in force.',
        since: refused.at,
      })
  }
  for (const finding of findings) {
    if (finding.severity === 'info') continue
    const { mend, object, code, message } = shownFinding(finding)
    const text = `${originText(finding.origin)}: ${message}`
    list.push({ severity: finding.severity, text, mend, code, object })
  }
  return list.sort(bySeverity).slice(0, 100)
}

export function clusterRows(mesh: Mesh): Overview['clusters'] {
  const endpoints = new Map<string, number>()
  for (const list of mesh.endpoints.values())
    for (const { cluster } of list) endpoints.set(cluster, (endpoints.get(cluster) ?? 0) + 1)
  return [...mesh.clusters.values()]
    .map(c => ({
      name: c.name,
      region: c.region,
      ready: c.synced && !c.stale,
      ...(c.lastContact > 0 && { lastContact: c.lastContact }),
      endpoints: endpoints.get(c.name) ?? 0,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Gateways by name and cluster, from the proxies that are connected and the addresses their IstioGateways have. */
export function gatewayRows(
  proxies: readonly ProxyStatus[],
  regionOf: (status: ProxyStatus) => string,
  addresses: ReadonlyMap<string, string>,
  sent: readonly Sent[],
): Overview['gateways'] {
  const rows = new Map<string, Overview['gateways'][number]>()
  for (const p of proxies) {
    if (p.node.kind !== 'gateway') continue
    const name = workloadOf(p)
    const key = `${p.node.cluster}/${p.node.namespace}/${name}`
    const from = sent.filter(s => s.cluster === p.node.cluster && s.gateway === `${p.node.namespace}/${name}`)
    const address = addresses.get(key)
    rows.set(key, {
      ...{ name, cluster: p.node.cluster, region: regionOf(p) },
      ...(address && { address }),
      requestsPerSecond: sum(from, 'requestsPerSecond'),
    })
  }
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
}

/** As telemetry names it. */
function workloadOf({ node }: ProxyStatus): string {
  return node.labels['service.istio.io/canonical-name'] ?? node.labels.app ?? node.pod
}
