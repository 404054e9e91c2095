import { listStep } from '../../collections/index.ts'
import { type Mesh, type Origin, originText } from '../../model/index.ts'
import type { MeshChange } from '../../sources/mesh-change.ts'
import { type NewEvent, shortHost } from '../../telemetry/index.ts'

/** An event of the mesh; where an object was written, whoever wrote it can still be asked for. */
export interface MeshEvent {
  readonly event: NewEvent
  readonly written?: Origin
}

const tables = ['regionalPolicies', 'destinationRules', 'virtualServices', 'gateways', 'sidecars'] as const
/** So many of one sort at once are told one by one; of more there is one event. */
const each = 20

/** What happened between two meshes, in words. Pure. */
export function meshEvents(before: Mesh, after: Mesh, changes: readonly MeshChange[]): readonly MeshEvent[] {
  const hosts = new Set(changes.flatMap(c => (c.kind === 'endpoints' ? [...c.hostnames] : [])))
  return [...clusterEvents(before, after), ...ruleEvents(before, after), ...endpointEvents(before, after, hosts)]
}

interface Rule {
  readonly origin: Origin
}

function ruleEvents(before: Mesh, after: Mesh): readonly MeshEvent[] {
  const events = tables.flatMap(table => {
    const [old, now] = [before[table], after[table]] as readonly (readonly Rule[])[]
    if (old === now || !old || !now) return []
    const { gone: went, come } = listStep(old, now)
    const had = new Map(went.map(rule => [originText(rule.origin), rule]))
    const have = new Map(come.map(rule => [originText(rule.origin), rule]))
    const changed = [...have].flatMap(([name, rule]) => {
      const known = had.get(name)
      if (known && sameGeneration(known, rule)) return []
      return [ruleEvent(rule.origin, known ? 'changed' : 'created')]
    })
    const gone = [...had].flatMap(([name, rule]) => (have.has(name) ? [] : [ruleEvent(rule.origin, 'deleted')]))
    return [...changed, ...gone]
  })
  if (events.length <= each) return events
  const kinds = [...new Set(events.map(e => e.event.object?.kind))].sort().join(', ')
  return [{ event: { kind: 'rule', severity: 'info', regions: [], text: `${events.length} rules changed: ${kinds}` } }]
}

/** A written status is a new object of the same generation; from files there is none, and the text decides. */
function sameGeneration(a: Rule, b: Rule): boolean {
  return a.origin.generation !== undefined
    ? a.origin.generation === b.origin.generation
    : JSON.stringify(a) === JSON.stringify(b)
}

function ruleEvent(origin: Origin, what: 'created' | 'changed' | 'deleted'): MeshEvent {
  const { cluster, kind, namespace, name } = origin
  return {
    event: {
      kind: kind === 'RegionalTrafficPolicy' ? 'policy' : 'rule',
      severity: 'info',
      regions: [],
      object: { cluster, kind, namespace, name },
      text: `${originText(origin)} was ${what}`,
    },
    ...(what !== 'deleted' && { written: origin }),
  }
}

function clusterEvents(before: Mesh, after: Mesh): readonly MeshEvent[] {
  if (before.clusters === after.clusters) return []
  const event = (name: string, region: string, severity: NewEvent['severity'], text: string): MeshEvent => ({
    event: {
      kind: 'cluster',
      severity,
      regions: region ? [region] : [],
      object: { cluster: '', kind: 'MemberCluster', namespace: '', name },
      text,
    },
  })
  const events: MeshEvent[] = []
  for (const { name, region, stale } of after.clusters.values()) {
    const had = before.clusters.get(name)
    if (!had) events.push(event(name, region, 'info', `cluster ${name} (${region || 'no region'}) joined`))
    else if (stale && !had.stale)
      events.push(event(name, region, 'warning', `cluster ${name} is silent: everything of it is kept as last known`))
    else if (!stale && had.stale) events.push(event(name, region, 'info', `cluster ${name} speaks again`))
  }
  for (const { name, region } of before.clusters.values())
    if (!after.clusters.has(name)) events.push(event(name, region, 'warning', `cluster ${name} left the mesh`))
  return events
}

/** Regions in which a service lost its last healthy endpoint, or has one again. */
function endpointEvents(before: Mesh, after: Mesh, hosts: ReadonlySet<string>): readonly MeshEvent[] {
  const found = [...hosts].flatMap(host => {
    const [old, now] = [healthyByRegion(before, host), healthyByRegion(after, host)]
    const regions = new Set([...old.keys(), ...now.keys()].filter(Boolean))
    return [...regions].flatMap(region => {
      const [was, is] = [old.get(region) ?? 0, now.get(region) ?? 0]
      return was > 0 === is > 0 ? [] : [{ host, region, was, is }]
    })
  })
  // A service that is new in a region is no return; one whose Service went is no loss.
  const told = found.filter(f => before.services.has(f.host) && after.services.has(f.host))
  if (told.length <= each) return told.map(endpointEvent)
  const regions = [...new Set(told.map(f => f.region))].sort()
  const lost = told.filter(f => f.is === 0).length
  const text = `in ${regions.join(', ')}: ${lost} services lost their last healthy endpoint, ${told.length - lost} have one again`
  return [{ event: { kind: 'endpoints', severity: lost > 0 ? 'warning' : 'info', regions, text } }]
}

function endpointEvent({ host, region, was, is }: { host: string; region: string; was: number; is: number }) {
  const event: NewEvent = {
    kind: 'endpoints',
    severity: is === 0 ? 'warning' : 'info',
    regions: [region],
    service: host,
    text:
      is === 0
        ? `${shortHost(host)} has no healthy endpoint left in ${region} (${was} before)`
        : `${shortHost(host)} has ${is} healthy ${is === 1 ? 'endpoint' : 'endpoints'} in ${region}`,
  }
  return { event }
}

function healthyByRegion(mesh: Mesh, host: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { locality, health } of mesh.endpoints.get(host) ?? [])
    if (health === 'healthy') counts.set(locality.region, (counts.get(locality.region) ?? 0) + 1)
  return counts
}
