import {
  covers,
  type DestinationRule,
  type Finding,
  isWildcard,
  type Mesh,
  type Service,
  selects,
} from '../model/index.ts'

type Tables = Pick<Mesh, 'destinationRules' | 'services' | 'endpoints'>

const none: readonly Finding[] = []

/** DestinationRules that hold for nothing, and subsets without a pod. */
export function destinationRuleFindings(mesh: Tables): readonly Finding[] {
  return mesh.destinationRules.flatMap(rule => {
    // Most of all rules.
    if (rule.subsets.length === 0 && mesh.services.has(rule.host)) return none
    const services = servicesOf(rule, mesh)
    if (services.length === 0) {
      const message = `no service of the mesh has the host ${rule.host}`
      return [{ code: 'ISM2204', severity: 'warning', origin: rule.origin, field: 'spec.host', message } as const]
    }
    return emptySubsets(rule, services, mesh)
  })
}

function servicesOf(rule: DestinationRule, mesh: Tables): readonly Service[] {
  if (!isWildcard(rule.host)) return [mesh.services.get(rule.host)].filter(s => s !== undefined)
  return [...mesh.services.values()].filter(s => covers(rule.host, s.hostname))
}

/** Said only where the service has endpoints at all: with none, the subset is not what is wrong. */
function emptySubsets(rule: DestinationRule, services: readonly Service[], mesh: Tables): readonly Finding[] {
  const endpoints = services.flatMap(s => mesh.endpoints.get(s.hostname) ?? [])
  if (endpoints.length === 0) return []
  return rule.subsets.flatMap((subset, i) => {
    if (endpoints.some(e => selects(subset.labels, e.labels))) return []
    const labels = Object.entries(subset.labels).map(([k, v]) => `${k}=${v}`)
    return [
      {
        code: 'ISM2205',
        severity: 'info',
        origin: rule.origin,
        field: `spec.subsets[${i}]`,
        message: `subset ${subset.name}: no endpoint of ${rule.host} has the labels ${labels.join(', ')}`,
      } as const,
    ]
  })
}
