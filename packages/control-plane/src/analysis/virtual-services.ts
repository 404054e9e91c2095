import {
  type Destination,
  type Finding,
  type HttpMatch,
  type Mesh,
  originText,
  type VirtualService,
} from '../model/index.ts'
import { rulesFor } from './subsets.ts'

type Tables = Pick<Mesh, 'virtualServices' | 'destinationRules' | 'gateways' | 'services'>

/** Where VirtualServices lead nowhere, are bound to nothing, or are not used. */
export function virtualServiceFindings(mesh: Tables): readonly Finding[] {
  const gateways = new Set(mesh.gateways.map(g => `${g.namespace}/${g.name}`))
  return mesh.virtualServices
    .flatMap(vs => [
      ...destinations(vs).flatMap(([field, destination]) => destinationFindings(vs, field, destination, mesh)),
      ...vs.gateways.flatMap((name, i) =>
        name === 'mesh' || gateways.has(name)
          ? []
          : [finding(vs, 'ISM2203', 'error', `spec.gateways[${i}]`, `there is no Gateway ${name}`)],
      ),
      ...unreachable(vs),
    ])
    .concat(shadowed(mesh))
}

/** Every destination with its field. */
function destinations(vs: VirtualService): readonly (readonly [string, Destination])[] {
  const http = vs.http.flatMap((route, i) => [
    ...route.route.map((w, j) => [`spec.http[${i}].route[${j}].destination`, w.destination] as const),
    ...route.mirrors.map((m, j) => [`spec.http[${i}].mirrors[${j}].destination`, m.destination] as const),
  ])
  const l4 = (['tls', 'tcp'] as const).flatMap(kind =>
    vs[kind].flatMap((route, i) =>
      route.route.map((w, j) => [`spec.${kind}[${i}].route[${j}].destination`, w.destination] as const),
    ),
  )
  return [...http, ...l4]
}

function destinationFindings(vs: VirtualService, field: string, d: Destination, mesh: Tables): readonly Finding[] {
  const service = mesh.services.get(d.host)
  if (!service) return [finding(vs, 'ISM2201', 'error', `${field}.host`, `there is no service ${d.host} in the mesh`)]
  const found: Finding[] = []
  if (d.subset !== undefined) {
    const subsets = [...new Set(rulesFor(mesh, d.host).flatMap(r => r.subsets.map(s => s.name)))]
    if (!subsets.includes(d.subset)) {
      const those = subsets.length > 0 ? `it has ${subsets.join(', ')}` : 'no DestinationRule gives it any'
      found.push(finding(vs, 'ISM2202', 'error', `${field}.subset`, `${d.host} has no subset ${d.subset}; ${those}`))
    }
  }
  const ports = [...new Set(service.ports.filter(p => p.protocol !== 'UDP').map(p => p.number))]
  const list = ports.length > 0 ? ports.join(', ') : 'none'
  if (d.port !== undefined && !ports.includes(d.port)) {
    found.push(
      finding(vs, 'ISM2206', 'error', `${field}.port.number`, `${d.host} has no port ${d.port}; its ports: ${list}`),
    )
  } else if (d.port === undefined && ports.length !== 1 && vs.gateways.some(g => g !== 'mesh')) {
    // Inside the mesh the port the caller dialled is meant; a gateway's own port is seldom one of them.
    const message = `${d.host} has the ports ${list}, and the gateway's own port is taken unless one is named`
    found.push(finding(vs, 'ISM2206', 'warning', `${field}.port`, message))
  }
  return found
}

/** Routes after one that matches everything. */
function unreachable(vs: VirtualService): readonly Finding[] {
  const all = vs.http.findIndex(r => r.match.length === 0 || r.match.some(matchesAll))
  if (all < 0) return []
  return vs.http.slice(all + 1).map((_, i) => {
    const field = `spec.http[${all + 1 + i}]`
    return finding(vs, 'ISM2213', 'warning', field, `spec.http[${all}] matches everything before it`)
  })
}

function matchesAll(m: HttpMatch): boolean {
  const none = (o: object) => Object.keys(o).length === 0
  const anyPath = !m.uri || (m.uri.kind === 'prefix' && m.uri.value === '/')
  const conditions = [m.scheme, m.method, m.authority, m.port, m.sourceNamespace]
  const lists = [m.headers, m.withoutHeaders, m.queryParams, m.sourceLabels]
  return anyPath && conditions.every(c => c === undefined) && lists.every(none) && m.gateways.length === 0
}

/** Sidecars use one VirtualService a host, the oldest; two that different namespaces see are left alone. */
function shadowed(mesh: Tables): readonly Finding[] {
  const first = new Map<string, VirtualService>()
  const found: Finding[] = []
  for (const vs of mesh.virtualServices) {
    if (!vs.gateways.includes('mesh')) continue
    for (const [i, host] of vs.hosts.entries()) {
      const older = first.get(host)
      if (!older) first.set(host, vs)
      else if (older !== vs && everybodySees(older) && everybodySees(vs)) {
        const message = `${originText(older.origin)} is older and decides for ${host}`
        found.push(finding(vs, 'ISM2212', 'warning', `spec.hosts[${i}]`, message))
      }
    }
  }
  return found
}

function everybodySees(vs: VirtualService): boolean {
  return vs.exportTo.length === 0 || vs.exportTo.includes('*')
}

function finding(
  vs: VirtualService,
  code: Finding['code'],
  severity: Finding['severity'],
  field: string,
  message: string,
): Finding {
  return { code, severity, origin: vs.origin, field, message }
}
