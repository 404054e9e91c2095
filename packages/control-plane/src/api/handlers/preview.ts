import type { AnyObject, KubeObject } from '@isthmus/kubernetes'
import type { Mesh, RegionalTrafficPolicy, Service } from '../../model/index.ts'
import { policyOf } from '../../regions/policy.ts'
import { suppose } from '../../sources/what-if.ts'
import type { Handlers } from '../call.ts'
import { kindNamed } from '../objects/kinds.ts'
import type { ApiParts } from '../parts.ts'
import { ApiError } from '../problem.ts'
import { isAbout, shownFinding } from '../views/findings.ts'
import { linksOf } from '../views/links.ts'
import { inventoryOf, loadsOf } from '../views/measured.ts'
import { oversized } from '../views/policy-size.ts'
import { compareMeshes } from '../views/preview.ts'
import { checksOf } from '../views/preview-checks.ts'
import { serviceNamed } from '../views/standpoint.ts'

export function previewHandlers(parts: ApiParts): Pick<Handlers, 'previewRegionalTraffic'> {
  return {
    async previewRegionalTraffic({ body }) {
      const object = body.policy as unknown as KubeObject
      const kind = kindNamed('RegionalTrafficPolicy')
      if (object.kind !== kind.kind) throw new ApiError(400, 'ISM5101', `policy: it is a ${object.kind}`)
      const large = oversized((object as AnyObject).spec)
      if (large) throw new ApiError(400, 'ISM5101', `policy: ${large}`)
      const before = parts.mesh()
      const deleted = body.delete === true
      const named = { ...object, metadata: { ...object.metadata, namespace: namespaceOf(object) } }
      const supposed = suppose(before, parts.objects.known(kind.kind), { object: named, deleted })
      const at = { kind: kind.kind, namespace: named.metadata.namespace, name: object.metadata.name }
      const read = supposed.mesh.regionalPolicies.find(p => p.namespace === at.namespace && p.name === at.name)
      // What cannot be read changes nothing: the API server would refuse it.
      const after = read || deleted ? supposed.mesh : before
      const found = [...supposed.findings, ...parts.analyze(after).filter(f => isAbout(f, at))].map(shownFinding)
      const findings = [...new Map(found.map(f => [JSON.stringify(f), f])).values()]
      const policy = deleted ? undefined : (read ?? loosely(named))
      const services = body.service === undefined ? concerned(before, after) : [serviceNamed(before, body.service)]
      const compared = await compareMeshes(before, after, services, rates(parts))
      const links = linksOf(await inventoryOf(parts))
      const checks = policy ? checksOf({ mesh: after, policy, services, moves: compared.moves, links }) : []
      return {
        at: parts.clock.now(),
        valid: !findings.some(f => f.severity === 'error'),
        findings,
        checks,
        ...compared,
      }
    },
  }
}

/** As far as it can be made out, so that what is wrong can be said rule by rule. */
function loosely(object: KubeObject): RegionalTrafficPolicy {
  const { name, namespace = 'default' } = object.metadata
  const spec = ((object as AnyObject).spec ?? {}) as Record<string, AnyObject | undefined>
  const rules = (section: string) => (Array.isArray(spec[section]?.rules) ? (spec[section].rules as AnyObject[]) : [])
  const { apiVersion, kind } = object
  return {
    ...{ name, namespace, createdAt: 0, exportTo: [], services: [] },
    origin: { cluster: '', apiVersion, kind, namespace, name },
    failover: {
      enabled: spec.failover?.enabled === true,
      rules: rules('failover').map(r => ({
        from: String(r.from ?? ''),
        to: Array.isArray(r.to) ? r.to.map(String) : [],
        only: r.only === true,
      })),
    },
    distribution: {
      enabled: spec.distribution?.enabled === true,
      at: 'entry',
      rules: rules('distribution').map(r => ({
        from: String(r.from ?? ''),
        to: Object.fromEntries(Object.entries((r.to ?? {}) as object).map(([k, v]) => [k, Number(v)])),
      })),
    },
  }
}

function namespaceOf(object: KubeObject): string {
  return object.metadata.namespace ?? 'default'
}

/** Services that some policy speaks of, before or after. */
function concerned(before: Mesh, after: Mesh): Service[] {
  const spoken = (policies: readonly RegionalTrafficPolicy[], service: Service) =>
    policyOf(service, policies, before.config.rootNamespace) !== undefined
  return [...before.services.values()].filter(
    s => s.location === 'internal' && (spoken(before.regionalPolicies, s) || spoken(after.regionalPolicies, s)),
  )
}

/** Requests per second of the last minute. */
function rates(parts: ApiParts) {
  const table = new Map<string, number>()
  for (const { service, source, role, requests } of loadsOf(parts, 60_000)) {
    const key = `${service}|${source}|${role}`
    table.set(key, (table.get(key) ?? 0) + requests / 60)
  }
  return (service: string, source: string, role: string) => table.get(`${service}|${source}|${role}`) ?? 0
}
