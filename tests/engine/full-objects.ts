import type { KubeObject } from '@isthmus/kubernetes'

export type RuleObject = KubeObject & { spec: Record<string, unknown> }

/** Istio objects in which every field that becomes something of Envoy's is set, about service number `n`. */

export function rule(kind: string, name: string, spec: object, namespace = 'default'): RuleObject {
  const apiVersion = kind === 'RegionalTrafficPolicy' ? 'mesh.isthmus.dev/v1alpha1' : 'networking.istio.io/v1'
  return { apiVersion, kind, metadata: { name, namespace }, spec: spec as Record<string, unknown> }
}

export const hostOf = (n: number) => `s${n}.default.svc.cluster.local`
export const addressOf = (n: number) => `240.0.${n >> 8}.${n & 255}`

export function serviceEntry(n: number): RuleObject {
  return rule('ServiceEntry', `s${n}`, {
    hosts: [hostOf(n), `s${n}.example`],
    addresses: [addressOf(n), `241.0.${n}.0/24`],
    ports: [
      { number: 19080, name: 'http', protocol: 'HTTP', targetPort: 8080 },
      { number: 19443, name: 'tls', protocol: 'TLS' },
      { number: 19090, name: 'tcp', protocol: 'TCP' },
    ],
    resolution: 'STATIC',
    location: 'MESH_INTERNAL',
    endpoints: [
      {
        address: '127.0.0.2',
        ports: { http: 8001, tls: 8002 },
        labels: { version: 'v1' },
        locality: 'r1/z1',
        weight: 3,
      },
      { address: '127.0.0.3', labels: { version: 'v2' }, locality: 'r2', weight: 1 },
    ],
  })
}

/** One that Envoy resolves by name. */
export function dnsEntry(n: number): RuleObject {
  return rule('ServiceEntry', `s${n}`, {
    hosts: [hostOf(n)],
    ports: [{ number: 19080, name: 'http', protocol: 'HTTP' }],
    resolution: 'DNS',
    endpoints: [{ address: 'localhost', ports: { http: 8001 }, labels: { version: 'v1' } }],
  })
}

export function virtualService(n: number): RuleObject {
  const destination = { host: hostOf(n), subset: 'v1', port: { number: 19080 } }
  const ops = { set: { 'x-set': 'one' }, add: { 'x-add': 'two' }, remove: ['x-gone'] }
  return rule('VirtualService', `v${n}`, {
    hosts: [hostOf(n), `v${n}.example`],
    gateways: ['mesh', `g${n}`],
    http: [
      {
        name: 'first',
        match: [
          {
            name: 'm',
            uri: { prefix: '/a' },
            scheme: { exact: 'http' },
            method: { regex: 'GET|PUT' },
            authority: { prefix: 's' },
            headers: { 'x-user': { exact: 'me' }, 'x-any': {} },
            withoutHeaders: { 'x-not': { regex: 'a.*' } },
            queryParams: { q: { regex: '[0-9]+' } },
            ignoreUriCase: true,
            port: 19080,
            sourceLabels: { app: 'x' },
            sourceNamespace: 'default',
            gateways: ['mesh'],
          },
        ],
        route: [
          { destination, weight: 10, headers: { request: ops, response: ops } },
          { destination: { host: hostOf(n), subset: 'v2' }, weight: 90 },
        ],
        rewrite: { uri: '/b', authority: 'other.example' },
        timeout: '5s',
        retries: {
          attempts: 2,
          perTryTimeout: '1s',
          retryOn: '5xx,503',
          retryRemoteLocalities: true,
          backoff: '25ms',
        },
        fault: {
          delay: { fixedDelay: '1s', percentage: { value: 0.1 } },
          abort: { httpStatus: 503, percentage: { value: 0.5 } },
        },
        mirror: { host: hostOf(n), subset: 'v2' },
        mirrorPercentage: { value: 12.5 },
        mirrors: [{ destination: { host: hostOf(n) }, percentage: { value: 1 } }],
        corsPolicy: {
          allowOrigins: [{ exact: 'https://a.example' }, { regex: 'https://.*' }],
          allowMethods: ['GET'],
          allowHeaders: ['x-a'],
          exposeHeaders: ['x-b'],
          maxAge: '1m',
          allowCredentials: true,
        },
        headers: { request: ops, response: ops },
      },
      {
        match: [{ uri: { regex: '/r/.*' } }, { uri: { exact: '/e' } }],
        route: [{ destination: { host: hostOf(n) } }],
        rewrite: { uriRegexRewrite: { match: '/r/(.*)', rewrite: '/s/\\1' } },
        fault: { abort: { grpcStatus: 'UNAVAILABLE', percentage: { value: 1 } } },
      },
      {
        match: [{ uri: { prefix: '/redirect' } }],
        redirect: { uri: '/to', authority: 'there.example', port: 8443, scheme: 'https', redirectCode: 302 },
      },
      { match: [{ uri: { prefix: '/derived' } }], redirect: { uri: '/to', derivePort: 'FROM_REQUEST_PORT' } },
      { match: [{ uri: { prefix: '/direct' } }], directResponse: { status: 418, body: { string: 'no' } } },
      { route: [{ destination: { host: hostOf(n) } }] },
    ],
    tls: [
      {
        match: [{ sniHosts: [`v${n}.example`], port: 19443, destinationSubnets: ['240.0.0.0/8'] }],
        route: [{ destination: { host: hostOf(n), port: { number: 19443 } }, weight: 1 }],
      },
    ],
    tcp: [
      {
        match: [{ port: 19090, destinationSubnets: ['240.0.0.0/16'], sourceLabels: { app: 'x' } }],
        route: [
          { destination: { host: hostOf(n), port: { number: 19090 } }, weight: 1 },
          { destination: { host: hostOf(n), subset: 'v1', port: { number: 19090 } }, weight: 2 },
        ],
      },
    ],
  })
}

const trafficPolicy = () => ({
  connectionPool: {
    tcp: {
      maxConnections: 10,
      connectTimeout: '1s',
      tcpKeepalive: { probes: 3, time: '60s', interval: '10s' },
      maxConnectionDuration: '60s',
      idleTimeout: '60s',
    },
    http: {
      http1MaxPendingRequests: 10,
      http2MaxRequests: 10,
      maxRequestsPerConnection: 10,
      maxRetries: 3,
      idleTimeout: '10s',
      h2UpgradePolicy: 'UPGRADE',
      useClientProtocol: false,
      maxConcurrentStreams: 100,
    },
  },
  outlierDetection: {
    splitExternalLocalOriginErrors: true,
    consecutiveLocalOriginFailures: 3,
    consecutiveGatewayErrors: 3,
    consecutive5xxErrors: 3,
    interval: '1s',
    baseEjectionTime: '1s',
    maxEjectionPercent: 50,
    minHealthPercent: 10,
  },
  tls: { mode: 'SIMPLE', sni: 'there.example', subjectAltNames: ['a.example'], insecureSkipVerify: false },
})

const hashes: readonly object[] = [
  { httpHeaderName: 'x-user', ringHash: { minimumRingSize: 1024 } },
  { httpCookie: { name: 'c', path: '/', ttl: '10s' }, maglev: { tableSize: 65537 } },
  { httpQueryParameterName: 'q', minimumRingSize: 512 },
  { useSourceIp: true },
]

export function destinationRule(n: number): RuleObject {
  return rule('DestinationRule', `d${n}`, {
    host: hostOf(n),
    trafficPolicy: {
      ...trafficPolicy(),
      loadBalancer: {
        simple: 'LEAST_REQUEST',
        warmupDurationSecs: '10s',
        localityLbSetting: {
          enabled: true,
          distribute: [{ from: 'r1/*', to: { 'r1/*': 80, 'r2/*': 20 } }],
        },
      },
      portLevelSettings: [{ port: { number: 19090 }, ...trafficPolicy() }],
    },
    subsets: [
      { name: 'v1', labels: { version: 'v1' }, trafficPolicy: { loadBalancer: { consistentHash: hashes[n % 4] } } },
      {
        name: 'v2',
        labels: { version: 'v2' },
        trafficPolicy: { loadBalancer: { consistentHash: hashes[(n + 1) % 4] } },
      },
      {
        name: 'v3',
        labels: {},
        trafficPolicy: {
          loadBalancer: {
            localityLbSetting: {
              failover: [{ from: 'r1', to: 'r2' }],
              failoverPriority: ['topology.istio.io/network'],
            },
          },
        },
      },
    ],
  })
}

/** @param port a port of its own, since a gateway's listeners are bound */
export function gateway(n: number, port: number): RuleObject {
  return rule('Gateway', `g${n}`, {
    selector: { istio: 'edge' },
    servers: [
      { port: { number: port, name: 'http', protocol: 'HTTP' }, hosts: [hostOf(n), `*.v${n}.example`], name: 'one' },
      {
        port: { number: port + 1, name: 'tls', protocol: 'TLS' },
        hosts: [`v${n}.example`],
        tls: { mode: 'PASSTHROUGH' },
        bind: '127.0.0.1',
      },
      {
        port: { number: port + 2, name: 'https', protocol: 'HTTPS' },
        hosts: [`v${n}.example`],
        tls: {
          mode: 'SIMPLE',
          credentialName: 'cert',
          minProtocolVersion: 'TLSV1_2',
          maxProtocolVersion: 'TLSV1_3',
          cipherSuites: ['ECDHE-RSA-AES256-GCM-SHA384'],
        },
      },
      { port: { number: port + 3, name: 'tcp', protocol: 'TCP' }, hosts: [`v${n}.example`] },
    ],
  })
}

export function regionalPolicy(n: number): RuleObject {
  return rule('RegionalTrafficPolicy', `p${n}`, {
    services: [hostOf(n)],
    failover: { enabled: true, rules: [{ from: 'r1', to: ['r2', 'r3'], only: false, thresholdPercent: 60 }] },
    distribution: { enabled: true, at: 'everyHop', rules: [{ from: 'r1', to: { r2: 10 } }] },
    unansweredAfter: '1s',
    outlierDetection: { consecutive5xxErrors: 2, interval: '1s', baseEjectionTime: '5s' },
  })
}

export function sidecar(n: number): RuleObject {
  return rule('Sidecar', `c${n}`, {
    workloadSelector: { labels: { app: 'nobody' } },
    egress: [{ hosts: ['./*', 'default/*', '*/*.example'] }],
  })
}
