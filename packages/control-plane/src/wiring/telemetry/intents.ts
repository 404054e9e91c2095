import { type Endpoint, type Mesh, originText, type ProxyView, type Service, selects } from '../../model/index.ts'
import { arrange, byRegion, type Decision, destinations } from '../../regions/index.ts'
import type { Intent } from '../../telemetry/index.ts'
import { scopeOf } from '../../translate/scope.ts'
import { clusterRegions } from '../../translate/services.ts'

/** Requests for a service, or a subset of it, from one kind of proxy in one region. */
export interface Question {
  readonly service: string
  readonly subset: string
  readonly region: string
  readonly role: 'gateway' | 'sidecar'
}

interface Answer {
  readonly from: readonly unknown[]
  readonly intent: Intent | undefined
}

/** Where requests should go, found once for the same endpoints under the same rules. */
export class Intents {
  readonly #views = new Map<string, ProxyView>()
  #answers = new Map<string, Answer>()

  /** @param had regions in which each service has or had endpoints */
  of(mesh: Mesh, questions: Iterable<Question>, had: (service: string) => ReadonlySet<string>): readonly Intent[] {
    const answers = new Map<string, Answer>()
    const rules = [mesh.destinationRules, mesh.regionalPolicies, clusterRegions(mesh.clusters).join(' ')]
    for (const q of questions) {
      const key = `${q.role}|${q.region}|${q.subset}|${q.service}`
      if (answers.has(key)) continue
      const local = had(q.service).has(q.region)
      const from = [mesh.services.get(q.service), mesh.endpoints.get(q.service), local, ...rules]
      const known = this.#answers.get(key)
      const kept = known?.from.every((part, i) => part === from[i]) ? known : undefined
      answers.set(key, kept ?? { from, intent: this.#intent(mesh, q, local) })
    }
    // What is no longer asked for is not kept.
    this.#answers = answers
    return [...answers.values()].flatMap(a => (a.intent ? [a.intent] : []))
  }

  #intent(mesh: Mesh, { service: host, subset, region, role }: Question, had: boolean): Intent | undefined {
    const service = mesh.services.get(host)
    const port = service?.ports.find(p => p.protocol !== 'UDP')
    if (!service || !port) return undefined
    const scope = scopeOf(this.#view(mesh, service, region, role), mesh)
    const labels = subset === '' ? undefined : scope.rule(service)?.subsets.find(s => s.name === subset)?.labels
    if (subset !== '' && !labels) return undefined
    const endpoints = (mesh.endpoints.get(host) ?? []).filter(
      e => e.portName === port.name && e.health !== 'draining' && (!labels || selects(labels, e.labels)),
    )
    const decision = scope.decision(service, port.number, subset || undefined)
    const local = endpoints.filter(e => e.locality.region === region)
    const whole = endpoints.map(e => ({ ...e, health: 'healthy' as const }))
    // Gone with its region's last endpoint is the locality it had: the region itself is enough to place it.
    const missing = had && local.length === 0 && (subset === '' || endpoints.length === 0)
    return {
      service: host,
      subset,
      region,
      role,
      usual: shares(decision, missing ? [...whole, standIn(region, whole[0])] : whole),
      now: shares(decision, endpoints),
      local: {
        endpoints: local.length,
        healthy: local.filter(e => e.health === 'healthy').length,
        stale: local.filter(e => e.stale).length,
      },
      by: byWhat(decision),
    }
  }

  /** One view for each namespace, region and kind: the scope keeps what it found for it. */
  #view(mesh: Mesh, { namespace }: Service, region: string, kind: 'gateway' | 'sidecar'): ProxyView {
    const cluster = [...mesh.clusters.values()].find(c => c.region === region)?.name ?? ''
    const key = `${kind}|${region}|${cluster}|${namespace}`
    let view = this.#views.get(key)
    if (!view) {
      const base = { cluster, namespace, locality: { region, zone: '', subzone: '' }, network: '', labels: {} }
      view = kind === 'gateway' ? { ...base, kind } : { ...base, kind, redirect: 'none', inbound: [] }
      this.#views.set(key, view)
    }
    return view
  }
}

function shares(decision: Decision, endpoints: readonly Endpoint[]): Readonly<Record<string, number>> {
  const list = byRegion(destinations(decision, arrange(decision, endpoints)))
  return Object.fromEntries([...list].filter(([, percent]) => percent > 0))
}

/** An endpoint where one was. */
function standIn(region: string, like: Endpoint | undefined): Endpoint {
  const blank: Endpoint = {
    address: '0.0.0.0',
    port: 1,
    portName: '',
    locality: { region, zone: '', subzone: '' },
    labels: {},
    health: 'healthy',
    weight: 1,
    cluster: '',
    network: '',
    namespace: '',
    workload: '',
    pod: '',
    serviceAccount: '',
    stale: false,
  }
  return { ...like, ...blank, weight: like?.weight ?? 1 }
}

function byWhat({ mode, decidedBy }: Decision): string {
  const object = decidedBy ? ` of ${originText(decidedBy)}` : ''
  if (mode === 'failover') return `failover rule${object}`
  if (mode === 'distribution') return `distribution rule${object}`
  if (mode === 'both') return `failover and distribution rules${object}`
  if (mode === 'istio') return `the locality settings${object}`
  return 'no rule: all endpoints alike'
}
