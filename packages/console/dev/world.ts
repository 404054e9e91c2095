import type * as Api from '@isthmus/api'

/* An invented mesh for working on the console without a control plane. Never part of the product. */

export const regions = ['cn-hangzhou', 'cn-shanghai', 'ap-southeast-1'] as const
const places: Record<string, Api.RegionStatus['place']> = {
  'cn-hangzhou': { latitude: 30.27, longitude: 120.16, label: 'Hangzhou' },
  'cn-shanghai': { latitude: 31.23, longitude: 121.47, label: 'Shanghai' },
  'ap-southeast-1': { latitude: 1.35, longitude: 103.82, label: 'Singapore' },
}
const started = Date.now() - 47 * 60_000
const clusterOf: Record<string, string> = {
  'cn-hangzhou': 'ack-hangzhou',
  'cn-shanghai': 'ack-shanghai',
  'ap-southeast-1': 'ack-singapore',
}
const names = [
  'productpage',
  'reviews',
  'details',
  'ratings',
  'cart',
  'checkout',
  'payments',
  'search',
  'catalog',
  'sessions',
  'mail',
  'ledger',
]

export interface World {
  readonly services: readonly string[]
  policies: Api.RegionalTraffic['policies']
  /** Policies' YAML and versions, by namespace/name. */
  readonly texts: Map<string, { yaml: string; version: number }>
  /** Moves a little with each tick, so that something is to be seen. */
  tick: number
}

export function makeWorld(services: number): World {
  const hosts = Array.from({ length: services }, (_, i) => {
    const name = i < names.length ? names[i] : `${names[i % names.length]}-${Math.floor(i / names.length)}`
    return `${name}.${i < names.length ? 'default' : i % 3 === 0 ? 'shop' : 'platform'}.svc.cluster.local`
  })
  return { services: hosts, policies: [], texts: new Map(), tick: 0 }
}

const spread = (seed: number) => {
  const x = Math.sin(seed * 12.9898) * 43758.5453
  return x - Math.floor(x)
}
const hash = (text: string) => [...text].reduce((h, c) => (h * 31 + c.charCodeAt(0)) % 100003, 7)

/** reviews in Hangzhou has nothing ready: it has failed over. */
const broken = (service: string, region: string) => service.startsWith('reviews.') && region === 'cn-hangzhou'

export function destinationsOf(service: string): Api.ServiceRegions['destinations'] {
  return regions.map(region => {
    const total = 1 + Math.floor(spread(hash(service + region)) * 5)
    const notReady = broken(service, region) ? total : hash(service) % 7 === 3 && region === 'cn-shanghai' ? 1 : 0
    return {
      region,
      ready: total - notReady,
      notReady,
      ejected: hash(service + region) % 11 === 0 ? 1 : 0,
      stale: 0,
      healthyPercent: ((total - notReady) / total) * 100,
    }
  })
}

type Spec = {
  services?: string[]
  failover?: { enabled?: boolean; rules?: { from: string; to: string[]; only?: boolean }[] }
  distribution?: { enabled?: boolean; rules?: { from: string; to: Record<string, number> }[] }
}

/** Percent by destination for requests from a region, under the policies given. Only roughly what the product decides. */
export function sharesOf(policies: World['policies'], service: string, from: string): Record<string, number> {
  const pick = (section: 'failover' | 'distribution') => {
    const own = policies.find(p => ((p.spec as Spec).services ?? []).includes(service) && (p.spec as Spec)[section])
    const all = policies.find(p => !((p.spec as Spec).services ?? []).length && (p.spec as Spec)[section])
    const found = ((own ?? all)?.spec as Spec | undefined)?.[section]
    return found && found.enabled !== false ? found : undefined
  }
  const failover = pick('failover') as Spec['failover']
  const distribution = pick('distribution') as Spec['distribution']
  const live = (region: string) => (destinationsOf(service).find(d => d.region === region)?.ready ?? 0) > 0
  if (!failover && !distribution) {
    const all = destinationsOf(service)
    const sum = all.reduce((n, d) => n + d.ready, 0) || 1
    return Object.fromEntries(all.map(d => [d.region, (d.ready / sum) * 100]))
  }
  const order = [...(failover?.rules?.find(r => r.from === from)?.to ?? []), ...regions.filter(r => r !== from)]
  const wanted: Record<string, number> = { ...distribution?.rules?.find(r => r.from === from)?.to }
  const away = Object.values(wanted).reduce((a, b) => a + b, 0)
  if (!(from in wanted)) wanted[from] = 100 - away
  const out: Record<string, number> = {}
  for (const [region, percent] of Object.entries(wanted)) {
    const to = live(region) ? region : (order.find(live) ?? region)
    out[to] = (out[to] ?? 0) + percent
  }
  return out
}

const rateOf = (world: World, service: string, from: string) =>
  broken(service, 'nowhere')
    ? 0
    : 4 + spread(hash(service) + hash(from)) * 60 + 3 * Math.sin(world.tick / 3 + hash(service))

export function matrixOf(world: World, service?: string): Api.Matrix {
  const services = service ? [service] : world.services.slice(0, 12)
  const at = Date.now()
  const flows = regions.flatMap(source => {
    const total = services.reduce((n, s) => n + rateOf(world, s, source), 0)
    return regions.map(destination => {
      const parts = services.map(
        s => (rateOf(world, s, source) * (sharesOf(world.policies, s, source)[destination] ?? 0)) / 100,
      )
      const rps = parts.reduce((a, b) => a + b, 0)
      const shares = services.map(s => sharesOf(world.policies, s, source)[destination] ?? 0)
      const same = shares.every(s => s === shares[0])
      return {
        source,
        destination,
        requestsPerSecond: rps,
        errorsPerSecond: destination === 'ap-southeast-1' && source !== destination ? rps * 0.013 : 0,
        requests: Math.round(rps * 60),
        errors: 0,
        measuredPercent:
          total > 0
            ? Math.min(100, (rps / total) * 100 + (rps > 0 ? Math.sin(world.tick + hash(destination)) * 0.4 : 0))
            : undefined,
        intendedPercent: same ? shares[0] : undefined,
        link:
          source === destination
            ? undefined
            : { usedBitsPerSecond: rps * 42_000, limitBitsPerSecond: 100_000_000, name: `${source}-${destination}` },
      }
    })
  })
  return { service, windowSeconds: 60, reportSeconds: 2, measuredAt: at - 900, at, regions: [...regions], flows }
}

export function regionStatuses(world: World): Api.RegionStatus[] {
  const matrix = matrixOf(world)
  return regions.map(region => {
    const all = world.services.flatMap(s => destinationsOf(s).filter(d => d.region === region))
    const arising = matrix.flows.filter(f => f.source === region)
    const failed = region === 'cn-hangzhou'
    return {
      region,
      state: failed ? 'partly failed over' : 'normal',
      basis: 'measured',
      cause: failed
        ? 'reviews.default has no ready endpoint in cn-hangzhou; its requests go to cn-shanghai'
        : 'requests stay in the region',
      since: failed ? Date.now() - 4 * 60_000 : started,
      clusters: [clusterOf[region] as string],
      gateways: region === 'ap-southeast-1' ? [] : ['istio-system/istio-ingressgateway'],
      endpoints: all.reduce((n, d) => n + d.ready + d.notReady, 0),
      healthy: all.reduce((n, d) => n + d.ready, 0),
      stale: 0,
      requestsPerSecond: arising.reduce((n, f) => n + f.requestsPerSecond, 0),
      errorsPerSecond: arising.reduce((n, f) => n + f.errorsPerSecond, 0),
      affected: failed
        ? [
            {
              service: 'reviews.default.svc.cluster.local',
              state: 'failed over',
              cause: 'no ready endpoint in cn-hangzhou',
              since: Date.now() - 4 * 60_000,
            },
          ]
        : [],
      place: places[region],
    }
  })
}

export function overviewOf(world: World): Api.Overview {
  const statuses = regionStatuses(world)
  return {
    at: Date.now(),
    regions: statuses,
    clusters: regions.map((region, i) => ({
      name: clusterOf[region] as string,
      region,
      ready: i !== 2,
      lastContact: Date.now() - (i === 2 ? 96_000 : 1200),
      endpoints: statuses[i]?.endpoints ?? 0,
    })),
    gateways: statuses
      .filter(r => r.gateways.length > 0)
      .map((r, i) => ({
        name: 'istio-ingressgateway',
        cluster: clusterOf[r.region] as string,
        region: r.region,
        address: `127.1.0.${i + 1}`,
        requestsPerSecond: 22.5 - i * 9,
      })),
    flows: matrixOf(world),
    attention: [
      {
        severity: 'error',
        text: 'reviews.default has failed over: no ready endpoint in cn-hangzhou',
        mend: 'kubectl --context ack-hangzhou -n default get pods -l app=reviews',
        since: Date.now() - 4 * 60_000,
        region: 'cn-hangzhou',
      },
      {
        severity: 'warning',
        code: 'ISM4004',
        text: "ack-singapore's API has not answered for 96 s; its endpoints stay as last seen",
        since: Date.now() - 96_000,
        region: 'ap-southeast-1',
      },
      {
        severity: 'info',
        code: 'ISM2105',
        text: 'RegionalTrafficPolicy istio-system/mesh-wide has no unansweredAfter: a pod that accepts requests and never answers is not noticed',
        mend: 'set spec.unansweredAfter, for example 2s',
        object: { cluster: '', kind: 'RegionalTrafficPolicy', namespace: 'istio-system', name: 'mesh-wide' },
      },
    ],
    counts: {
      services: world.services.length,
      endpoints: statuses.reduce((n, r) => n + r.endpoints, 0),
      proxies: 41,
      proxiesBehind: 1,
      proxiesRefusing: 0,
    },
  }
}

export function serviceRegionsOf(world: World, service: string): Api.ServiceRegions {
  return {
    service,
    policy: world.policies[0] && {
      cluster: '',
      kind: 'RegionalTrafficPolicy',
      namespace: world.policies[0].metadata.namespace ?? '',
      name: world.policies[0].metadata.name,
    },
    sources: regions.map(region => {
      const shares = sharesOf(world.policies, service, region)
      const own = destinationsOf(service).find(d => d.region === region)
      return {
        region,
        role: 'sidecar' as const,
        mode: 'failover',
        summary: Object.entries(shares)
          .map(([r, p]) => `${Math.round(p)}% ${r}`)
          .join(', '),
        shares: Object.entries(shares).map(([r, p]) => ({ region: r, percent: p })),
        leavesAfter: own && own.ready > 0 ? Math.max(1, Math.ceil(own.ready * 0.29)) : undefined,
      }
    }),
    destinations: destinationsOf(service),
  }
}

export function serviceRowOf(world: World, service: string): Api.ServiceRow {
  const destinations = destinationsOf(service)
  const total = (d: (typeof destinations)[number]) => d.ready + d.notReady
  return {
    hostname: service,
    namespace: service.split('.')[1] as string,
    ports: [{ number: 9080, name: 'http', protocol: 'HTTP' }],
    clusters: regions.map(r => clusterOf[r] as string),
    location: 'internal',
    endpoints: destinations.reduce((n, d) => n + total(d), 0),
    healthy: destinations.reduce((n, d) => n + d.ready, 0),
    regions: destinations.map(d => ({ region: d.region, endpoints: total(d), healthy: d.ready })),
    requestsPerSecond: hash(service) % 5 === 4 ? undefined : regions.reduce((n, r) => n + rateOf(world, service, r), 0),
    errorPercent: hash(service) % 5 === 4 ? undefined : hash(service) % 6 === 1 ? 1.4 : 0,
    findings: service.startsWith('reviews') ? 1 : 0,
  }
}

export function serviceDetailOf(world: World, service: string): Api.ServiceDetail {
  const endpoints = destinationsOf(service).flatMap((d, r) =>
    Array.from({ length: d.ready + d.notReady }, (_, i) => ({
      address: `10.${r}.0.${10 + i}`,
      port: 9080,
      portName: 'http',
      cluster: clusterOf[d.region] as string,
      region: d.region,
      zone: `${d.region}-${'bgh'[i % 3]}`,
      health: i < d.ready ? ('healthy' as const) : ('unhealthy' as const),
      stale: d.region === 'ap-southeast-1',
      workload: `${service.split('.')[0]}-v${(i % 3) + 1}`,
      pod: `${service.split('.')[0]}-v${(i % 3) + 1}-7d9c5b-${hash(service + i).toString(36)}`,
      namespace: service.split('.')[1] as string,
      labels: { app: service.split('.')[0] as string, version: `v${(i % 3) + 1}` },
    })),
  )
  return {
    at: Date.now(),
    service: serviceRowOf(world, service),
    endpoints,
    subsets: ['v1', 'v2', 'v3'].map(name => {
      const of = endpoints.filter(e => e.labels.version === name)
      return {
        name,
        labels: { version: name },
        endpoints: of.length,
        healthy: of.filter(e => e.health === 'healthy').length,
      }
    }),
    rules: [
      { cluster: '', kind: 'VirtualService', namespace: 'default', name: 'bookinfo' },
      { cluster: '', kind: 'DestinationRule', namespace: 'default', name: service.split('.')[0] as string },
    ],
    findings: [],
    regions: serviceRegionsOf(world, service),
    matrix: matrixOf(world, service),
  }
}

export function seriesOf(world: World, service: string, window: number): Api.Series {
  const step = 2
  const points = Math.floor(window / step)
  const now = Math.floor(Date.now() / 2000) * 2000
  const times = Array.from({ length: points }, (_, i) => now - (points - 1 - i) * step * 1000)
  return {
    service,
    stepSeconds: step,
    times,
    lines: matrixOf(world, service)
      .flows.filter(f => f.requestsPerSecond > 0)
      .map(f => ({
        source: f.source,
        destination: f.destination,
        requestsPerSecond: times.map(at =>
          Math.max(
            0,
            f.requestsPerSecond * (1 + 0.12 * Math.sin(at / 9000 + hash(f.source)) + 0.05 * Math.sin(at / 2300)),
          ),
        ),
        errorsPerSecond: times.map(at => (Math.floor(at / 2000) % 37 === 0 ? f.requestsPerSecond * 0.05 : 0)),
      })),
  }
}

export function explanationOf(world: World, service: string, from: string): Api.Explanation {
  const shares = sharesOf(world.policies, service, from)
  const destinations = destinationsOf(service)
  return {
    service,
    from,
    role: 'sidecar',
    mode: 'failover',
    decidedBy: 'RegionalTrafficPolicy istio-system/mesh-wide',
    summary: `Requests from ${from} go to ${Object.keys(shares).join(' and ')}.`,
    regions: destinations.map(d => ({
      region: d.region,
      percent: shares[d.region] ?? 0,
      endpoints: d.ready + d.notReady,
      healthy: d.ready,
    })),
    destinations: destinations.map((d, i) => ({
      locality: { region: d.region, zone: `${d.region}-b`, subzone: '' },
      priority: d.region === from ? 0 : i + 1,
      percent: shares[d.region] ?? 0,
      endpoints: d.ready + d.notReady,
      healthy: d.ready,
    })),
    reasons: [
      `${from} has ${destinations.find(d => d.region === from)?.ready ?? 0} healthy endpoints of ${service.split('.')[0]}`,
      'a failover rule names the region that takes over',
    ],
    changes: [`one healthy endpoint in ${from} would bring requests back`],
    findings: [],
  }
}

export function eventsOf(): Api.EventList {
  const ago = (ms: number) => Date.now() - ms
  const events: Api.Event[] = [
    {
      id: 5,
      at: ago(240_000),
      kind: 'region',
      severity: 'error',
      text: 'cn-hangzhou: normal to partly failed over: reviews.default has no ready endpoint',
      regions: ['cn-hangzhou'],
      service: 'reviews.default.svc.cluster.local',
    },
    {
      id: 4,
      at: ago(243_000),
      kind: 'endpoints',
      severity: 'warning',
      text: 'reviews.default: the last ready endpoint in cn-hangzhou went',
      regions: ['cn-hangzhou'],
      service: 'reviews.default.svc.cluster.local',
    },
    {
      id: 3,
      at: ago(600_000),
      kind: 'policy',
      severity: 'info',
      text: 'RegionalTrafficPolicy istio-system/mesh-wide changed',
      regions: [...regions],
      who: 'anna@example.com',
    },
    {
      id: 2,
      at: ago(900_000),
      kind: 'cluster',
      severity: 'info',
      text: 'ack-shanghai joined',
      regions: ['cn-shanghai'],
    },
    { id: 1, at: started, kind: 'control-plane', severity: 'info', text: 'control plane began', regions: [] },
  ]
  return { events, oldest: 1, dropped: 0 }
}
