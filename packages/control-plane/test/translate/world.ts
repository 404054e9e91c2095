import {
  type Cluster,
  type DestinationRule,
  defaultMeshConfig,
  type Endpoint,
  type Gateway,
  type GatewayView,
  type HttpMatch,
  type HttpRoute,
  type InboundPort,
  type Locality,
  type Mesh,
  type Origin,
  type Protocol,
  type Service,
  type SidecarView,
  type TrafficPolicy,
  type VirtualService,
  type WeightedDestination,
} from '../../src/model/index.ts'

/** Model values with what a test does not care about filled in. */

export const origin = (kind: string, name: string, namespace = 'default'): Origin => ({
  cluster: '',
  apiVersion: 'v1',
  kind,
  namespace,
  name,
})

const meta = (kind: string, name: string, namespace = 'default') => ({
  name,
  namespace,
  createdAt: 0,
  exportTo: ['*'],
  origin: origin(kind, name, namespace),
})

export const hangzhou: Locality = { region: 'cn-hangzhou', zone: 'cn-hangzhou-a', subzone: '' }
export const shanghai: Locality = { region: 'cn-shanghai', zone: 'cn-shanghai-a', subzone: '' }

export function service(name: string, more: Partial<Service> = {}): Service {
  const namespace = more.namespace ?? 'default'
  return {
    hostname: name.includes('.') ? name : `${name}.${namespace}.svc.cluster.local`,
    namespace,
    ports: [{ name: 'http', number: 9080, protocol: 'HTTP' }],
    addresses: new Map([
      ['ack-hangzhou', ['172.16.0.10']],
      ['ack-shanghai', ['172.17.0.10']],
    ]),
    resolution: 'static',
    location: 'internal',
    exportTo: ['*'],
    labels: {},
    clusters: ['ack-hangzhou', 'ack-shanghai'],
    origins: [origin('Service', name, namespace)],
    ...more,
  }
}

export function port(number: number, protocol: Protocol = 'HTTP', name = protocol.toLowerCase()) {
  return { name, number, protocol }
}

export function endpoint(address: string, portNumber: number, more: Partial<Endpoint> = {}): Endpoint {
  return {
    address,
    port: portNumber,
    portName: 'http',
    locality: hangzhou,
    labels: {},
    health: 'healthy',
    weight: 1,
    cluster: 'ack-hangzhou',
    network: '',
    namespace: 'default',
    workload: 'app',
    pod: `pod-${address}-${portNumber}`,
    serviceAccount: 'default',
    stale: false,
    ...more,
  }
}

export function cluster(name: string, region: string): Cluster {
  return { name, region, network: '', synced: true, lastContact: 0, stale: false }
}

export function mesh(
  parts: Partial<Omit<Mesh, 'services' | 'endpoints'>> & {
    services?: readonly Service[]
    endpoints?: Readonly<Record<string, readonly Endpoint[]>>
  } = {},
): Mesh {
  const { services = [], endpoints = {}, ...rest } = parts
  return {
    config: defaultMeshConfig,
    clusters: new Map([
      ['ack-hangzhou', cluster('ack-hangzhou', 'cn-hangzhou')],
      ['ack-shanghai', cluster('ack-shanghai', 'cn-shanghai')],
    ]),
    services: new Map(services.map(s => [s.hostname, s])),
    endpoints: new Map(
      Object.entries(endpoints).map(([host, list]) => [
        host.includes('.') ? host : `${host}.default.svc.cluster.local`,
        list,
      ]),
    ),
    workloads: new Map(),
    gateways: [],
    virtualServices: [],
    destinationRules: [],
    sidecars: [],
    regionalPolicies: [],
    credentials: new Map(),
    ...rest,
  }
}

export const fqdn = (name: string, namespace = 'default') =>
  name.includes('.') || name === '*' ? name : `${name}.${namespace}.svc.cluster.local`

export function to(host: string, subset?: string, weight = 0, portNumber?: number): WeightedDestination {
  return { destination: { host: fqdn(host), subset, port: portNumber }, weight }
}

export function match(m: Partial<HttpMatch> = {}): HttpMatch {
  return { headers: {}, withoutHeaders: {}, queryParams: {}, sourceLabels: {}, gateways: [], ...m }
}

export function http(r: Partial<HttpRoute> = {}): HttpRoute {
  return { match: [], route: [], mirrors: [], ...r }
}

export function virtualService(name: string, more: Partial<VirtualService> = {}): VirtualService {
  return {
    ...meta('VirtualService', name, more.namespace),
    hosts: [fqdn(name)],
    gateways: ['mesh'],
    http: [],
    tls: [],
    tcp: [],
    ...more,
  }
}

export function trafficPolicy(p: Partial<TrafficPolicy> = {}): TrafficPolicy {
  return { portLevelSettings: new Map(), ...p }
}

export function destinationRule(
  host: string,
  versions: readonly string[] = [],
  more: Partial<DestinationRule> = {},
): DestinationRule {
  return {
    ...meta('DestinationRule', host, more.namespace),
    host: fqdn(host),
    subsets: versions.map(version => ({ name: version, labels: { version } })),
    ...more,
  }
}

export function gateway(name: string, servers: Gateway['servers'], more: Partial<Gateway> = {}): Gateway {
  return {
    ...meta('Gateway', name, more.namespace),
    selector: { istio: 'ingressgateway' },
    servers,
    ...more,
  }
}

export function sidecar(more: Partial<SidecarView> = {}): SidecarView {
  return {
    kind: 'sidecar',
    cluster: 'ack-hangzhou',
    namespace: 'default',
    locality: hangzhou,
    network: '',
    redirect: 'mark',
    inbound: [],
    labels: {},
    ...more,
  }
}

export function gatewayView(more: Partial<GatewayView> = {}): GatewayView {
  return {
    kind: 'gateway',
    cluster: 'ack-hangzhou',
    namespace: 'istio-system',
    locality: hangzhou,
    network: '',
    labels: { istio: 'ingressgateway' },
    ...more,
  }
}

export function inbound(name: string, targetPort: number, protocol: Protocol = 'HTTP'): InboundPort {
  return { service: fqdn(name), servicePort: targetPort, targetPort, name: 'http', protocol }
}

/** The tutorial's Bookinfo in two clusters with its routing rules: reviews v1 in Hangzhou, v2 in Shanghai. */
export function bookinfo(more: Parameters<typeof mesh>[0] = {}): Mesh {
  const pods = (prefix: string, locality: Locality, clusterName: string, versions: readonly string[], app: string) =>
    versions.map((version, i) =>
      endpoint(`${prefix}.${i + 10}`, 9080, {
        locality,
        cluster: clusterName,
        labels: { app, version },
        workload: `${app}-${version}`,
      }),
    )
  const both = (app: string, third: number, here: readonly string[], there: readonly string[]) => [
    ...pods(`10.0.${third}`, hangzhou, 'ack-hangzhou', here, app),
    ...pods(`10.1.${third}`, shanghai, 'ack-shanghai', there, app),
  ]
  const named = (name: string, last: number) =>
    service(name, {
      addresses: new Map([
        ['ack-hangzhou', [`172.16.0.${last}`]],
        ['ack-shanghai', [`172.17.0.${last}`]],
      ]),
    })
  return mesh({
    services: [named('productpage', 11), named('details', 12), named('ratings', 13), named('reviews', 14)],
    endpoints: {
      productpage: both('productpage', 1, ['v1'], ['v1']),
      details: both('details', 2, ['v1'], ['v1']),
      ratings: both('ratings', 3, ['v1'], ['v1']),
      reviews: both('reviews', 4, ['v1'], ['v2']),
    },
    gateways: [gateway('bookinfo-gateway', [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }])],
    virtualServices: [
      virtualService('bookinfo', {
        hosts: ['*'],
        gateways: ['default/bookinfo-gateway'],
        http: [
          http({
            match: [
              match({ uri: { kind: 'exact', value: '/productpage' } }),
              match({ uri: { kind: 'prefix', value: '/static' } }),
              match({ uri: { kind: 'exact', value: '/login' } }),
              match({ uri: { kind: 'exact', value: '/logout' } }),
              match({ uri: { kind: 'prefix', value: '/api/v1/products' } }),
            ],
            route: [to('productpage', undefined, 0, 9080)],
          }),
        ],
      }),
    ],
    destinationRules: [
      destinationRule('productpage', ['v1']),
      destinationRule('reviews', ['v1', 'v2', 'v3']),
      destinationRule('ratings', ['v1', 'v2', 'v2-mysql', 'v2-mysql-vm']),
      destinationRule('details', ['v1', 'v2']),
    ],
    ...more,
  })
}
