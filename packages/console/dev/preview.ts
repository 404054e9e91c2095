import type * as Api from '@isthmus/api'
import { matrixOf, regions, sharesOf, type World } from './world.ts'

/** Roughly what the product would say: shares before and after, moved over the invented rates. */
export function previewOf(world: World, request: Api.Body<'previewRegionalTraffic'>): Api.Preview {
  const { policy } = request
  const others = world.policies.filter(
    p => p.metadata.name !== policy.metadata.name || p.metadata.namespace !== policy.metadata.namespace,
  )
  const next = request.delete ? others : [policy, ...others]
  const services = request.service ? [request.service] : world.services.slice(0, 12)
  const rates = matrixOf(world, request.service)
  const moves = regions.flatMap(source => {
    const total = rates.flows.filter(f => f.source === source).reduce((n, f) => n + f.requestsPerSecond, 0)
    return regions.map(destination => {
      const mean = (policies: World['policies']) =>
        services.reduce((n, s) => n + (sharesOf(policies, s, source)[destination] ?? 0), 0) / services.length
      const [before, after] = [mean(world.policies), mean(next)]
      return {
        source,
        destination,
        beforePercent: before,
        afterPercent: after,
        beforeRequestsPerSecond: (total * before) / 100,
        afterRequestsPerSecond: (total * after) / 100,
      }
    })
  })
  const unknown = JSON.stringify(policy.spec)
    .match(/"(?:cn|ap|eu)-[a-z0-9-]+"/g)
    ?.find(r => !(regions as readonly string[]).includes(r.slice(1, -1)))
  const text = (policies: World['policies'], service: string, source: string) =>
    Object.entries(sharesOf(policies, service, source))
      .map(([r, p]) => `${Math.round(p)}% ${r}`)
      .join(', ')
  const changed = services.flatMap(service =>
    regions
      .map(source => ({
        service,
        source,
        before: text(world.policies, service, source),
        after: text(next, service, source),
      }))
      .filter(row => row.before !== row.after),
  )
  return {
    at: Date.now(),
    valid: true,
    findings: [],
    checks: [
      { ok: true, severity: 'info', text: 'The shares of every rule add up to 100% at most' },
      unknown
        ? { ok: false, severity: 'warning', text: `the mesh has no region ${unknown.slice(1, -1)}` }
        : { ok: true, severity: 'info', text: 'All regions named are in the mesh' },
      {
        ok: false,
        severity: 'warning',
        text: 'reviews.default has no healthy endpoint in cn-hangzhou: its share goes elsewhere',
      },
      {
        ok: true,
        severity: 'info',
        text: 'The link cn-hangzhou to cn-shanghai has room: 4.1 of 100 Mbit/s after the change',
      },
    ],
    moves,
    services: changed,
    changedServices: new Set(changed.map(row => row.service)).size,
  }
}
