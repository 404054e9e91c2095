import type * as Api from '@isthmus/api'
import { type OperationId, paths } from '@isthmus/api/paths.ts'
import { parse, stringify } from 'yaml'
import { previewOf } from './preview.ts'
import { comparisonOf, proxiesOf, proxyConfigOf } from './proxies.ts'
import {
  eventsOf,
  explanationOf,
  matrixOf,
  overviewOf,
  regionStatuses,
  regions,
  seriesOf,
  serviceDetailOf,
  serviceRegionsOf,
  serviceRowOf,
  type World,
} from './world.ts'

type Asked = { params: Record<string, string>; query: URLSearchParams; body: Record<string, unknown> }
type Answer = [number, unknown]

const meshWide = `apiVersion: mesh.isthmus.dev/v1alpha1
kind: RegionalTrafficPolicy
metadata:
  name: mesh-wide
  namespace: istio-system
spec:
  # Hangzhou and Shanghai stand in for each other.
  failover:
    rules:
      - from: cn-hangzhou
        to: [cn-shanghai]
      - from: cn-shanghai
        to: [cn-hangzhou]
  distribution:
    rules:
      - from: cn-hangzhou
        to:
          cn-shanghai: 10
`

const region = { type: 'string', description: 'A region of the mesh.' }
const policySchema = {
  type: 'object',
  required: ['spec'],
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object' },
    spec: {
      type: 'object',
      properties: {
        services: { type: 'array', items: { type: 'string' } },
        unansweredAfter: { type: 'string', description: 'Such as 2s.' },
        failover: {
          type: 'object',
          properties: {
            enabled: { type: 'boolean' },
            rules: {
              type: 'array',
              items: {
                type: 'object',
                required: ['from', 'to'],
                properties: {
                  from: region,
                  to: { type: 'array', items: region },
                  only: { type: 'boolean' },
                  thresholdPercent: { type: 'integer', minimum: 1, maximum: 100 },
                },
              },
            },
          },
        },
        distribution: {
          type: 'object',
          properties: {
            enabled: { type: 'boolean' },
            at: { type: 'string', enum: ['entry', 'everyHop'] },
            rules: {
              type: 'array',
              items: {
                type: 'object',
                required: ['from', 'to'],
                properties: { from: region, to: { type: 'object', additionalProperties: { type: 'integer' } } },
              },
            },
          },
        },
      },
    },
  },
}

/** What the stand-in answers, by operation. */
export function answers(world: World, options: { readOnly: boolean; signedIn: boolean }) {
  let signedIn = options.signedIn
  keep(world, meshWide)
  const session = (): Api.Session => ({
    user: options.readOnly ? 'viewer@example.com' : 'anna@example.com',
    groups: ['sre'],
    permissions: (
      ['read', 'editRegionalTraffic', 'editRules', 'addClusters', 'scaleWorkloads', 'setInjection', 'readLogs'] as const
    ).map(action =>
      options.readOnly && action !== 'read'
        ? {
            action,
            allowed: false,
            why: `RBAC gives viewer@example.com no right to ${action === 'editRegionalTraffic' ? 'update regionaltrafficpolicies.mesh.isthmus.dev' : action}`,
          }
        : { action, allowed: true },
    ),
    csrfToken: 'development',
    expiresAt: Date.now() + 3600_000,
    mesh: { name: 'development', version: '0.1.0', source: 'mesh', rootNamespace: 'istio-system', lab: true },
  })
  const fullName = (name: string) => world.services.find(s => s === name || s.startsWith(`${name}.svc`)) ?? name
  const handlers: Partial<Record<OperationId, (asked: Asked) => Answer>> = {
    getSession: () => (signedIn ? [200, session()] : [401, { message: 'not signed in' }]),
    signIn: ({ body }) => {
      if (body.token !== 'good')
        return [401, { message: 'the mesh API does not know this token', mend: 'make a new one' }]
      signedIn = true
      return [200, session()]
    },
    signInByLink: () => {
      signedIn = true
      return [200, session()]
    },
    signOut: () => {
      signedIn = false
      return [200, {}]
    },
    getOverview: () => [200, overviewOf(world)],
    listRegions: () => [200, { regions: regionStatuses(world) }],
    getMatrix: ({ query }) => [200, matrixOf(world, query.get('service') ?? undefined)],
    listEvents: () => [200, eventsOf()],
    listServices: ({ query }) => {
      const search = query.get('search') ?? ''
      const all = world.services
        .filter(s => s.includes(search) && (!query.get('namespace') || s.split('.')[1] === query.get('namespace')))
        .map(s => serviceRowOf(world, s))
      const by: Record<string, (a: Api.ServiceRow, b: Api.ServiceRow) => number> = {
        requests: (a, b) => (b.requestsPerSecond ?? -1) - (a.requestsPerSecond ?? -1),
        errors: (a, b) => (b.errorPercent ?? -1) - (a.errorPercent ?? -1),
        health: (a, b) => a.healthy / a.endpoints - b.healthy / b.endpoints,
        name: (a, b) => (a.hostname < b.hostname ? -1 : 1),
      }
      all.sort(by[query.get('sort') ?? 'name'])
      return [200, { ...page(all.length, query), at: Date.now(), services: cut(all, query) }]
    },
    getService: ({ params }) => {
      const service = fullName(params.service as string)
      return world.services.includes(service)
        ? [200, serviceDetailOf(world, service)]
        : [404, { message: `no service ${service}` }]
    },
    getServiceSeries: ({ params, query }) => [
      200,
      seriesOf(world, fullName(params.service as string), Number(query.get('window') ?? 60)),
    ],
    getServiceLatency: ({ params }) => [
      200,
      {
        service: fullName(params.service as string),
        at: Date.now(),
        percentiles: [
          { percentile: 50, milliseconds: 4.2 },
          { percentile: 90, milliseconds: 11 },
          { percentile: 99, milliseconds: 1240 },
        ],
        responseCodes: [
          { code: '2xx', requests: 18233 },
          { code: '5xx', requests: 12 },
        ],
        asked: [
          { proxy: 'productpage-v1-abc.default' },
          { proxy: 'gateway-x.istio-system', error: 'did not answer in 2 s' },
        ],
      },
    ],
    getServiceEjections: ({ params }) => [
      200,
      {
        service: fullName(params.service as string),
        at: Date.now(),
        ejected: [
          {
            proxy: 'productpage-v1-abc.default',
            address: '10.1.0.10:9080',
            region: 'cn-shanghai',
            cluster: 'outbound|9080||reviews',
          },
        ],
        asked: [{ proxy: 'productpage-v1-abc.default' }],
      },
    ],
    explain: ({ query }) => [200, explanationOf(world, fullName(query.get('service') ?? ''), query.get('from') ?? '')],
    getRegionalTraffic: ({ query }) => {
      const asked = query.get('service')
      const services = world.services.filter(s =>
        asked ? s === fullName(asked) : s.includes(query.get('search') ?? ''),
      )
      return [
        200,
        {
          ...page(services.length, query),
          at: Date.now(),
          regions: [...regions],
          policies: world.policies,
          findings: [],
          services: cut(services, query).map(s => serviceRegionsOf(world, s)),
        },
      ]
    },
    previewRegionalTraffic: ({ body }) => [200, previewOf(world, body as Api.Body<'previewRegionalTraffic'>)],
    listKinds: () => [
      200,
      {
        kinds: [
          {
            kind: 'RegionalTrafficPolicy',
            apiVersion: 'mesh.isthmus.dev/v1alpha1',
            plural: 'regionaltrafficpolicies',
            description: '',
            count: world.texts.size,
            verbs: ['get', 'list', 'update'],
          },
        ],
      },
    ],
    getKindSchema: ({ params }) => [200, { kind: params.kind, schema: policySchema }],
    listObjects: ({ query }) => [200, { ...page(0, query), objects: [] }],
    getObject: ({ params }) => {
      const found = world.texts.get(`${params.namespace}/${params.name}`)
      return found ? [200, view(found)] : [404, { message: `no ${params.kind} ${params.namespace}/${params.name}` }]
    },
    createObject: ({ body, query }) => write(world, body.yaml as string, query),
    replaceObject: ({ body, query }) => write(world, body.yaml as string, query),
    deleteObject: ({ params }) => {
      world.texts.delete(`${params.namespace}/${params.name}`)
      refresh(world)
      return [200, {}]
    },
    listVersions: () => [200, { versions: [] }],
    listClusters: () => [
      200,
      {
        at: Date.now(),
        clusters: overviewOf(world).clusters.map(c => ({
          ...c,
          conditions: [],
          stale: !c.ready,
          podCIDRs: ['10.0.0.0/16'],
          serviceCIDRs: ['172.16.0.0/16'],
          proxies: 12,
        })),
      },
    ],
    getNetwork: () => [200, { at: Date.now(), source: 'clusters', notes: [], items: [], measured: [] }],
    listGateways: () => [200, { at: Date.now(), gateways: [] }],
    listProxies: ({ query }) => {
      const all = proxiesOf().filter(
        p =>
          p.id.includes(query.get('search') ?? '') &&
          p.region.includes(query.get('region') ?? '') &&
          p.cluster.includes(query.get('cluster') ?? '') &&
          (!query.get('state') || p.types.some(type => type.state === query.get('state'))),
      )
      return [200, { ...page(all.length, query), at: Date.now(), proxies: cut(all, query) }]
    },
    getProxyConfig: ({ query }) => [200, proxyConfigOf(query.get('type') ?? 'clusters')],
    compareProxy: ({ params }) => [200, comparisonOf(params.proxy as string)],
  }
  return (method: string, url: URL, body: Record<string, unknown>): Answer => {
    for (const [id, [verb, path]] of Object.entries(paths) as [OperationId, readonly [string, string]][]) {
      const params = verb === method ? matched(path, url.pathname) : undefined
      if (!params) continue
      if (!signedIn && !id.startsWith('signIn')) return [401, { message: 'not signed in' }]
      const handler = handlers[id]
      return handler
        ? handler({ params, query: url.searchParams, body })
        : [501, { message: `${id}: not in the stand-in` }]
    }
    return [404, { message: `no such path: ${url.pathname}` }]
  }
}

function matched(path: string, asked: string): Record<string, string> | undefined {
  const [want, have] = [path.split('/'), asked.split('/')]
  if (want.length !== have.length) return undefined
  const params: Record<string, string> = {}
  for (const [i, part] of want.entries())
    if (part.startsWith('{')) params[part.slice(1, -1)] = decodeURIComponent(have[i] as string)
    else if (part !== have[i]) return undefined
  return params
}

const page = (total: number, query: URLSearchParams) => ({ total, offset: Number(query.get('offset') ?? 0) })
const cut = <T>(rows: readonly T[], query: URLSearchParams) =>
  rows.slice(Number(query.get('offset') ?? 0), Number(query.get('offset') ?? 0) + Number(query.get('limit') ?? 100))

type PolicyObject = World['policies'][number]
const view = (text: { yaml: string; version: number }) => ({
  object: parse(text.yaml),
  yaml: text.yaml,
  resourceVersion: String(text.version),
  findings: [],
})

function keep(world: World, yaml: string) {
  const object = parse(yaml) as PolicyObject
  const key = `${object.metadata.namespace}/${object.metadata.name}`
  const text = { yaml, version: (world.texts.get(key)?.version ?? 100) + 1 }
  world.texts.set(key, text)
  refresh(world)
  return text
}

function refresh(world: World) {
  world.policies = [...world.texts.values()].map(({ yaml }) => parse(yaml) as PolicyObject)
}

function write(world: World, yaml: string, query: URLSearchParams): Answer {
  let object: PolicyObject
  try {
    object = parse(yaml) as PolicyObject
  } catch (error) {
    return [422, { message: String(error) }]
  }
  const there = world.texts.get(`${object.metadata.namespace}/${object.metadata.name}`)
  const version = query.get('resourceVersion')
  if (there && version && version !== String(there.version))
    return [
      409,
      { reason: 'Conflict', message: 'the object has been modified; please apply your changes to the latest version' },
    ]
  const dryRun = query.get('dryRun') === 'true'
  const text = dryRun ? { yaml: stringify(object), version: there?.version ?? 0 } : keep(world, yaml)
  return [200, { ...view(text), dryRun }]
}
