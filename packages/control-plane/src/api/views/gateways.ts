import { X509Certificate } from 'node:crypto'
import type { GatewayRow } from '@isthmus/api'
import type { AnyObject } from '@isthmus/kubernetes'
import type { IstioGateway } from '../../gateways/spec.ts'
import type { Gateway, HttpMatch, Mesh, VirtualService } from '../../model/index.ts'
import { credentialOf } from '../../translate/secret.ts'
import { refOf } from './findings.ts'
import type { Sent } from './overview.ts'

export interface GatewayInput {
  readonly mesh: Mesh
  readonly gateways: readonly IstioGateway[]
  readonly sent: readonly Sent[]
  readonly now: number
}

/** Every IstioGateway: where it runs, what it serves, and until when its certificates hold. */
export function gatewayRowsOf({ mesh, gateways, sent, now }: GatewayInput): GatewayRow[] {
  return gateways.map(gateway => {
    const { name, namespace = 'istio-system' } = gateway.metadata
    const labels = podLabels(gateway)
    const listening = mesh.gateways.filter(g => selects(g.selector, labels))
    const names = new Set(listening.map(g => `${g.namespace}/${g.name}`))
    const routing = mesh.virtualServices.filter(v => v.gateways.some(g => names.has(g)))
    return {
      ...{ name, namespace },
      conditions: ((gateway.status?.conditions ?? []) as AnyObject[]).map(c => ({
        ...{ type: String(c.type), status: c.status, reason: String(c.reason ?? ''), message: String(c.message ?? '') },
        ...(c.lastTransitionTime && { lastTransitionTime: String(c.lastTransitionTime) }),
      })),
      places: placesOf(gateway, listening, sent),
      listeners: listening.flatMap(listenersOf),
      routes: routing.flatMap(routesOf),
      certificates: certificatesOf(mesh, namespace, listening, now),
    }
  })
}

/** The Deployment of a gateway; see gateways/objects.ts. */
const workloadOf = (name: string): string => `istio-${name}`

/** As the gateway's Deployment labels its pods. */
function podLabels(gateway: IstioGateway): Readonly<Record<string, string>> {
  const { name } = gateway.metadata
  const own = (gateway.spec?.podLabels ?? {}) as Record<string, string>
  return { istio: name, app: workloadOf(name), 'service.istio.io/canonical-name': workloadOf(name), ...own }
}

function selects(selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value)
}

function placesOf(gateway: IstioGateway, listening: readonly Gateway[], sent: readonly Sent[]): GatewayRow['places'] {
  const spec = gateway.spec ?? {}
  const ports = (Array.isArray(spec.ports) ? spec.ports : []) as AnyObject[]
  const { name, namespace } = gateway.metadata
  return (gateway.status?.addresses ?? []).map(({ cluster, region, address, ports: reached, readyReplicas }) => ({
    ...{ cluster, region },
    addresses: address ? [address] : [],
    ports: ports.map((p, i) => {
      const port = Number(p.port)
      // What is spoken there says the Gateway that listens; the IstioGateway itself mostly says TCP.
      const server = listening.flatMap(g => g.servers).find(s => s.port.number === port)
      const protocol = server?.port.protocol ?? String(p.protocol ?? 'TCP')
      // The Service's ports are the one for health, then these; a load balancer may give them other numbers.
      const url = address ? urlOf(protocol, address, reached?.[i + 1] ?? port) : undefined
      return { port, name: String(p.name ?? `port-${port}`), protocol, ...(url !== undefined && { url }) }
    }),
    ready: readyReplicas,
    replicas: Number(spec.replicaCount ?? 1),
    requestsPerSecond: sent
      .filter(s => s.cluster === cluster && s.gateway === `${namespace}/${workloadOf(name)}`)
      .reduce((sum, s) => sum + s.requestsPerSecond, 0),
  }))
}

function urlOf(protocol: string, address: string, port: number): string | undefined {
  const scheme = /^HTTPS/i.test(protocol) ? 'https' : /^HTTP/i.test(protocol) ? 'http' : undefined
  if (!scheme) return undefined
  const usual = scheme === 'https' ? 443 : 80
  const host = address.includes(':') ? `[${address}]` : address
  return `${scheme}://${host}${port === usual ? '' : `:${port}`}/`
}

function listenersOf(gateway: Gateway): GatewayRow['listeners'] {
  return gateway.servers.map(({ port, hosts, tls }) => ({
    gateway: refOf(gateway.origin),
    port: port.number,
    protocol: port.protocol,
    hosts: [...hosts],
    ...(tls?.credentialName && { secret: tls.credentialName }),
  }))
}

function routesOf(v: VirtualService): GatewayRow['routes'] {
  const base = { virtualService: refOf(v.origin), hosts: [...v.hosts] }
  const http = v.http.map(route => ({
    ...base,
    match: route.match.map(matchText).join(' or ') || 'everything',
    destination: route.redirect
      ? `redirect to ${route.redirect.authority ?? ''}${route.redirect.uri ?? ''}`
      : route.directResponse
        ? `answer ${route.directResponse.status}`
        : destinationText(route.route),
  }))
  const tls = v.tls.map(route => ({
    ...base,
    match: `SNI ${route.match.flatMap(m => m.sniHosts).join(', ')}`,
    destination: destinationText(route.route),
  }))
  const tcp = v.tcp.map(route => ({ ...base, match: 'TCP', destination: destinationText(route.route) }))
  return [...http, ...tls, ...tcp]
}

function matchText({ uri, method, headers }: HttpMatch): string {
  const parts = [
    method && `${method.value}`,
    uri && (uri.kind === 'exact' ? uri.value : uri.kind === 'prefix' ? `${uri.value}*` : `~ ${uri.value}`),
    ...Object.keys(headers).map(h => `header ${h}`),
  ]
  return parts.filter(Boolean).join(' ') || 'everything'
}

function destinationText(route: VirtualService['http'][number]['route']): string {
  return route
    .map(({ destination: d, weight }) => {
      const name = `${d.host}${d.subset ? ` subset ${d.subset}` : ''}${d.port ? `:${d.port}` : ''}`
      return route.length > 1 ? `${weight}% ${name}` : name
    })
    .join(', ')
}

/** Subjects and dates only: keys never leave the control plane. */
function certificatesOf(
  mesh: Mesh,
  namespace: string,
  gateways: readonly Gateway[],
  now: number,
): GatewayRow['certificates'] {
  const names = gateways.flatMap(g => g.servers.flatMap(s => s.tls?.credentialName ?? []))
  return [...new Set(names)].map(name => {
    const held = credentialOf(mesh, namespace, name)
    const none = { name, subject: '', names: [], notBefore: 0, notAfter: 0 }
    if (!held) return { ...none, problem: `there is no Secret ${namespace}/${name} with a certificate` }
    try {
      const certificate = new X509Certificate(held.certificate)
      const [notBefore, notAfter] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)]
      const days = Math.floor((notAfter - now) / 86_400_000)
      const problem = now > notAfter ? 'it has expired' : days < 14 ? `it expires in ${days} days` : undefined
      return {
        name,
        subject: certificate.subject?.replaceAll('\n', ', ') ?? '',
        names: (certificate.subjectAltName ?? '').split(', ').filter(Boolean),
        ...{ notBefore, notAfter },
        ...(problem !== undefined && { problem }),
      }
    } catch (error) {
      return { ...none, problem: `it cannot be read: ${(error as Error).message}` }
    }
  })
}
