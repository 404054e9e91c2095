import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KubeObject } from '@isthmus/kubernetes'
import fc from 'fast-check'
import { MeshBuilder, type MeshChange } from '../../src/sources/index.ts'
import { cluster, node, pod, rule, service, slice } from './objects.ts'

const reviews = 'reviews.default.svc.cluster.local'

/** Two regions with Bookinfo's reviews: v1 in Hangzhou, v2 in Shanghai. */
function twoRegions() {
  const builder = new MeshBuilder({ schedule: () => {} })
  builder.setCluster(cluster('ack-hangzhou', 'cn-hangzhou'))
  builder.setCluster(cluster('ack-shanghai', 'cn-shanghai'))
  for (const [name, region, version, ip] of [
    ['ack-hangzhou', 'cn-hangzhou', 'v1', '10.0.0.2'],
    ['ack-shanghai', 'cn-shanghai', 'v2', '10.1.0.2'],
  ] as const) {
    const p = pod(`reviews-${version}-abc-x`, 'reviews', ip, 'n1', version)
    for (const object of [service('reviews'), node('n1', region), p, slice('reviews', [p])]) builder.set(name, object)
  }
  builder.flush()
  const changes: MeshChange[][] = []
  builder.subscribe((_mesh, c) => changes.push([...c]))
  return { builder, changes }
}

test('services of the same name and namespace are one service over all clusters, each endpoint with its own region', () => {
  const { mesh } = twoRegions().builder
  const merged = mesh.services.get(reviews)
  assert.deepEqual(merged?.clusters, ['ack-hangzhou', 'ack-shanghai'])
  assert.deepEqual(merged?.ports, [{ name: 'http', number: 9080, protocol: 'HTTP' }])
  assert.deepEqual(
    mesh.endpoints
      .get(reviews)
      ?.map(e => [e.cluster, e.address, e.locality.region, e.labels.version, e.workload, e.health]),
    [
      ['ack-hangzhou', '10.0.0.2', 'cn-hangzhou', 'v1', 'reviews-v1', 'healthy'],
      ['ack-shanghai', '10.1.0.2', 'cn-shanghai', 'v2', 'reviews-v2', 'healthy'],
    ],
  )
  assert.deepEqual(mesh.workloads.get('ack-hangzhou/default/reviews-v1-abc-x')?.inbound, [
    { service: reviews, servicePort: 9080, targetPort: 9080, name: 'http', protocol: 'HTTP' },
  ])
})

test('a change of endpoints touches those endpoints and nothing else', () => {
  const { builder, changes } = twoRegions()
  const before = builder.mesh
  builder.set('ack-hangzhou', service('details'))
  builder.flush()
  assert.deepEqual(
    changes.pop()?.map(c => c.kind),
    ['services', 'endpoints'],
  )
  const details = builder.mesh.endpoints.get('details.default.svc.cluster.local')

  builder.set('ack-hangzhou', slice('reviews', []))
  const after = builder.flush()
  assert.deepEqual(changes.pop(), [{ kind: 'endpoints', hostnames: new Set([reviews]) }])
  assert.equal(after.services.get(reviews), before.services.get(reviews))
  assert.equal(after.endpoints.get('details.default.svc.cluster.local'), details, 'the same array')
  assert.equal(after.virtualServices, before.virtualServices)
  assert.deepEqual(
    after.endpoints.get(reviews)?.map(e => e.address),
    ['10.1.0.2'],
  )
})

test('news that says nothing new is no change: a node heartbeat, a pod status', () => {
  const { builder, changes } = twoRegions()
  builder.set('ack-hangzhou', { ...node('n1', 'cn-hangzhou'), status: { conditions: [] } } as KubeObject)
  const p = pod('reviews-v1-abc-x', 'reviews', '10.0.0.2', 'n1')
  builder.set('ack-hangzhou', {
    ...p,
    status: { ...p.status, conditions: [{ type: 'Ready', status: 'True' }] },
  } as KubeObject)
  const before = builder.mesh
  assert.equal(builder.flush(), before)
  assert.deepEqual(changes, [])
  builder.setCluster(cluster('ack-hangzhou', 'cn-hangzhou', { lastContact: 5000 }))
  assert.equal(builder.flush().clusters.get('ack-hangzhou')?.lastContact, 5000)
  assert.deepEqual(changes, [])
})

test('an unready pod is sent as unhealthy and one that ends as draining: shares count what should be there', () => {
  const { builder } = twoRegions()
  const pods = ['a', 'b', 'c'].map((n, i) => pod(n, 'reviews', `10.0.0.${i + 3}`, 'n1'))
  builder.set(
    'ack-hangzhou',
    slice('reviews', pods, 9080, { b: { ready: false }, c: { ready: false, serving: true, terminating: true } }),
  )
  const here = builder
    .flush()
    .endpoints.get(reviews)
    ?.filter(e => e.cluster === 'ack-hangzhou')
  assert.deepEqual(
    here?.map(e => e.health),
    ['healthy', 'unhealthy', 'draining'],
  )
})

test('a cluster whose API is lost keeps its endpoints, marked stale; a cluster that leaves takes them along', () => {
  const { builder } = twoRegions()
  builder.setCluster(cluster('ack-shanghai', 'cn-shanghai', { stale: true }))
  assert.deepEqual(
    builder
      .flush()
      .endpoints.get(reviews)
      ?.map(e => [e.cluster, e.stale]),
    [
      ['ack-hangzhou', false],
      ['ack-shanghai', true],
    ],
  )
  builder.removeCluster('ack-shanghai')
  const after = builder.flush()
  assert.deepEqual(
    after.endpoints.get(reviews)?.map(e => e.cluster),
    ['ack-hangzhou'],
  )
  assert.deepEqual([...after.workloads.keys()], ['ack-hangzhou/default/reviews-v1-abc-x'])
})

test('a cluster counts only when its first list is whole', () => {
  const { builder } = twoRegions()
  builder.setCluster(cluster('ack-beijing', 'cn-beijing', { synced: false }))
  builder.set('ack-beijing', service('reviews'))
  assert.deepEqual(builder.flush().services.get(reviews)?.clusters, ['ack-hangzhou', 'ack-shanghai'])
  builder.setCluster(cluster('ack-beijing', 'cn-beijing'))
  assert.deepEqual(builder.flush().services.get(reviews)?.clusters, ['ack-beijing', 'ack-hangzhou', 'ack-shanghai'])
})

test('region: node label, else the cluster, else unknown and said so', () => {
  const builder = new MeshBuilder({ schedule: () => {} })
  builder.setCluster(cluster('a', ''))
  builder.setCluster(cluster('b', 'cn-beijing'))
  for (const name of ['a', 'b']) {
    const p = pod('p', 'reviews', '10.0.0.9', 'n1')
    for (const object of [service('reviews'), node('n1'), p, slice('reviews', [p])]) builder.set(name, object)
  }
  assert.deepEqual(
    builder
      .flush()
      .endpoints.get(reviews)
      ?.map(e => e.locality.region),
    ['', 'cn-beijing'],
  )
  assert.deepEqual(
    builder.findings.map(f => [f.code, f.origin.kind, f.origin.cluster]),
    [['ISM2006', 'Node', 'a']],
  )
})

test('clusters that disagree about a port: the older service decides and the other is told', () => {
  const { builder } = twoRegions()
  builder.set('ack-shanghai', { ...service('reviews', 9080, { portName: 'tcp-reviews' }) })
  const mesh = builder.flush()
  assert.equal(mesh.services.get(reviews)?.ports[0]?.protocol, 'HTTP')
  assert.deepEqual(
    builder.findings.map(f => [f.code, f.origin.cluster]),
    [['ISM2007', 'ack-shanghai']],
  )
})

test('a service with one number over UDP and TCP agrees with itself, in every cluster', () => {
  const { builder } = twoRegions()
  const dns = service('reviews', 53)
  const ports = [
    { name: 'dns', port: 53, protocol: 'UDP' },
    { name: 'dns-tcp', port: 53, protocol: 'TCP' },
  ]
  for (const name of ['ack-hangzhou', 'ack-shanghai'])
    builder.set(name, { ...dns, spec: { ...dns.spec, ports } } as typeof dns)
  builder.flush()
  assert.deepEqual(builder.findings, [])
})

test('a ServiceEntry chooses WorkloadEntries by label, with their locality and ports', () => {
  const builder = new MeshBuilder({ schedule: () => {} })
  builder.set(
    '',
    rule('WorkloadEntry', 'vm', {
      address: '192.168.0.9',
      labels: { app: 'db' },
      locality: 'cn-hangzhou/a',
      ports: { mysql: 3307 },
    }),
  )
  builder.set(
    '',
    rule('ServiceEntry', 'db', {
      hosts: ['db.example.com'],
      location: 'MESH_INTERNAL',
      resolution: 'STATIC',
      ports: [{ number: 3306, name: 'mysql', protocol: 'MySQL' }],
      workloadSelector: { labels: { app: 'db' } },
    }),
  )
  const mesh = builder.flush()
  const [e] = mesh.endpoints.get('db.example.com') ?? []
  assert.deepEqual(
    [e?.address, e?.port, e?.locality.region, e?.locality.zone],
    ['192.168.0.9', 3307, 'cn-hangzhou', 'a'],
  )
  assert.equal(mesh.workloads.get('/default/vm')?.inbound[0]?.targetPort, 3307)
  builder.delete('', rule('WorkloadEntry', 'vm', {}))
  assert.deepEqual(builder.flush().endpoints.get('db.example.com'), [])
})

test('an ExternalName of the same name in another cluster puts no name among addresses, and is told', () => {
  const { builder } = twoRegions()
  const alias = service('reviews')
  const spec = { type: 'ExternalName', externalName: 'reviews.hangzhou.example', ports: alias.spec.ports ?? [] }
  builder.set('ack-shanghai', { ...alias, spec } as typeof alias)
  const mesh = builder.flush()
  assert.deepEqual(
    mesh.endpoints.get(reviews)?.map(e => e.address),
    ['10.0.0.2'],
  )
  assert.deepEqual(mesh.services.get(reviews)?.clusters, ['ack-hangzhou'])
  assert.deepEqual(
    builder.findings.map(f => [f.code, f.origin.cluster, f.field]),
    [['ISM2007', 'ack-shanghai', 'spec.type']],
  )
})

test('of two ServiceEntries for a host, one with addresses and one by DNS, the older decides', () => {
  const entry = (name: string, second: number, resolution: string, address: string) =>
    rule(
      'ServiceEntry',
      name,
      {
        ...{ hosts: ['db.example'], resolution, endpoints: [{ address }] },
        ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
      },
      { created: `2026-01-01T00:00:0${second}Z` },
    )
  const addresses = (...entries: KubeObject[]) => {
    const builder = new MeshBuilder({ schedule: () => {} })
    for (const e of entries) builder.set('', e)
    const found = builder.flush().endpoints.get('db.example')
    return [found?.map(e => e.address), builder.findings.map(f => [f.code, f.origin.name, f.field])]
  }
  assert.deepEqual(addresses(entry('a', 1, 'STATIC', '10.9.0.1'), entry('b', 2, 'DNS', 'db.internal')), [
    ['10.9.0.1'],
    [['ISM2007', 'b', 'spec.resolution']],
  ])
  // DNS takes addresses as they are.
  assert.deepEqual(addresses(entry('a', 2, 'STATIC', '10.9.0.1'), entry('b', 1, 'DNS', 'db.internal')), [
    ['10.9.0.1', 'db.internal'],
    [],
  ])
})

test('a WorkloadEntry with a name is no endpoint of a ServiceEntry with resolution STATIC, and is told', () => {
  const builder = new MeshBuilder({ schedule: () => {} })
  const entry = (resolution: string) =>
    rule('ServiceEntry', 'db', {
      ...{ hosts: ['db.example'], resolution, workloadSelector: { labels: { app: 'db' } } },
      ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
    })
  const addresses = () =>
    builder
      .flush()
      .endpoints.get('db.example')
      ?.map(e => e.address)
  for (const [name, address] of [
    ['one', '10.9.0.1'],
    ['two', 'vm.example'],
  ] as const)
    builder.set('', rule('WorkloadEntry', name, { address, labels: { app: 'db' } }))
  builder.set('', entry('STATIC'))
  assert.deepEqual(addresses(), ['10.9.0.1'])
  assert.deepEqual(
    builder.findings.map(f => [f.code, f.origin.kind, f.origin.name, f.field]),
    [['ISM2011', 'WorkloadEntry', 'two', 'spec.address']],
  )
  builder.set('', entry('DNS'))
  assert.deepEqual(addresses(), ['10.9.0.1', 'vm.example'])
  assert.deepEqual(builder.findings, [])
})

/** The object as it may have been before: other labels, another selector, no endpoints, another region. */
function otherwise(object: KubeObject): KubeObject {
  const o = structuredClone(object) as KubeObject & { spec?: Record<string, unknown>; endpoints?: unknown[] }
  const { labels } = o.metadata
  if (o.kind === 'Pod' && labels) labels.app = labels.app === 'reviews' ? 'ratings' : 'reviews'
  if (o.kind === 'Node' && labels) labels['topology.kubernetes.io/region'] = 'elsewhere'
  if (o.kind === 'Service') o.spec = { ...o.spec, selector: { app: 'ratings', version: 'v1' } }
  if (o.kind === 'EndpointSlice') o.endpoints = o.endpoints?.slice(1)
  if (o.kind === 'ServiceEntry')
    o.spec = { ...o.spec, hosts: ['z.io', 'x.io'], workloadSelector: { labels: { app: 'reviews' } } }
  if (o.kind === 'WorkloadEntry') o.spec = { ...o.spec, labels: { app: 'reviews' } }
  return o
}

test('whatever the order of events, the mesh is the same', () => {
  const pods = [0, 1, 2, 3].map(i =>
    pod(`p${i}`, i % 2 ? 'reviews' : 'ratings', `10.0.0.${i}`, `n${i % 2}`, `v${i % 3}`),
  )
  const finals: [string, KubeObject][] = [
    ...(['a', 'b'] as const).flatMap((c): [string, KubeObject][] => [
      [c, service('reviews', 9080, c === 'b' ? { portName: 'web' } : {})],
      [c, service('ratings', 9080, { targetPort: 'web' })],
      [c, node('n0', 'r0')],
      [c, node('n1', c === 'a' ? undefined : 'r1')],
      ...pods.map((p): [string, KubeObject] => [c, p]),
      [
        c,
        slice(
          'reviews',
          pods.filter((_, i) => i % 2 === 1),
        ),
      ],
      [
        c,
        slice(
          'ratings',
          pods.filter((_, i) => i % 2 === 0),
          9080,
          { p2: { ready: false } },
        ),
      ],
    ]),
    [
      '',
      rule('ServiceEntry', 'x', {
        hosts: ['x.io'],
        ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
        resolution: 'STATIC',
        workloadSelector: { labels: { app: 'ratings' } },
      }),
    ],
    [
      '',
      rule('ServiceEntry', 'y', {
        hosts: ['x.io'],
        ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
        resolution: 'DNS',
      }),
    ],
    ['', rule('WorkloadEntry', 'w', { address: '9.9.9.9', labels: { app: 'ratings' } })],
    [
      '',
      rule('VirtualService', 'reviews', {
        hosts: ['reviews'],
        http: [{ route: [{ destination: { host: 'reviews' } }] }],
      }),
    ],
    ['', rule('VirtualService', 'ratings', { hosts: ['ratings'], http: [{ route: [] }] })],
    ['', rule('DestinationRule', 'reviews', { host: 'reviews', subsets: [{ name: 'v1', labels: { version: 'v1' } }] })],
  ]
  const build = (
    events: readonly (readonly [string, KubeObject, 'set' | 'delete'])[],
    flushAt: (i: number) => boolean,
  ) => {
    const builder = new MeshBuilder({ schedule: () => {} })
    builder.setCluster(cluster('a', ''))
    builder.setCluster(cluster('b', 'rb'))
    for (const [i, [source, object, what]] of events.entries()) {
      builder[what](source, object)
      if (flushAt(i)) builder.flush()
    }
    return { mesh: builder.flush(), findings: builder.findings }
  }
  const expected = build(
    finals.map(([s, o]) => [s, o, 'set']),
    () => false,
  )
  const sorted = (b: typeof expected) => ({ mesh: b.mesh, findings: b.findings.map(f => JSON.stringify(f)).sort() })
  fc.assert(
    fc.property(
      fc.shuffledSubarray(finals, { minLength: finals.length }),
      fc.array(fc.nat(finals.length - 1), { maxLength: 20 }),
      fc.infiniteStream(fc.boolean()),
      (order, gone, flushes) => {
        // Some objects come, change, go, and come again: only what is there in the end counts.
        const early = gone.flatMap((i, n) => {
          const [s, o] = finals[i]!
          const once = [s, n % 3 === 0 ? o : otherwise(o), 'set'] as const
          return n % 2 === 0 ? [once] : [once, [s, o, 'delete'] as const]
        })
        const events = [...early, ...order.map(([s, o]) => [s, o, 'set'] as const)]
        assert.deepEqual(sorted(build(events, () => flushes.next().value)), sorted(expected))
      },
    ),
    { numRuns: 150 },
  )
})

test('where clusters name a port differently, its endpoints go by the name that counts', () => {
  const { builder } = twoRegions()
  builder.set('ack-shanghai', service('reviews', 9080, { portName: 'http-reviews' }))
  const p = pod('reviews-v2-abc-x', 'reviews', '10.1.0.2', 'n1', 'v2')
  const s = slice('reviews', [p])
  builder.set('ack-shanghai', { ...s, ports: [{ name: 'http-reviews', port: 9080 }] } as KubeObject)
  const mesh = builder.flush()
  assert.deepEqual(
    mesh.endpoints.get(reviews)?.map(e => [e.cluster, e.portName]),
    [
      ['ack-hangzhou', 'http'],
      ['ack-shanghai', 'http'],
    ],
  )
  assert.deepEqual(builder.findings, [], 'both are HTTP: nothing to say')
})

test('a pod with addresses of both families is one endpoint; one in two slices too', () => {
  const { builder } = twoRegions()
  const p = pod('reviews-v1-abc-x', 'reviews', '10.0.0.2', 'n1')
  const v6 = slice('reviews', [{ ...p, status: { podIP: 'fd00::2' } }])
  builder.set('ack-hangzhou', {
    ...v6,
    addressType: 'IPv6',
    metadata: { ...v6.metadata, name: 'reviews-6' },
  } as KubeObject)
  const twice = slice('reviews', [p], 9080, { 'reviews-v1-abc-x': { ready: false } })
  builder.set('ack-hangzhou', { ...twice, metadata: { ...twice.metadata, name: 'reviews-2' } })
  const here = builder
    .flush()
    .endpoints.get(reviews)
    ?.filter(e => e.cluster === 'ack-hangzhou')
  assert.deepEqual(
    here?.map(e => [e.address, e.health]),
    [['10.0.0.2', 'healthy']],
  )
})

test('an ExternalName service is resolved by Envoy; a ServiceEntry cannot take the host of another namespace', () => {
  const { builder } = twoRegions()
  const external = { ...service('db', 5432, { portName: 'tcp' }) }
  builder.set('ack-hangzhou', {
    ...external,
    spec: { ...external.spec, type: 'ExternalName', externalName: 'db.example.com', clusterIP: '' },
  } as KubeObject)
  const spec = { hosts: [reviews], ports: [{ number: 80, name: 'http', protocol: 'HTTP' }], resolution: 'DNS' }
  builder.set('', rule('ServiceEntry', 'thief', spec, { namespace: 'other' }))
  const mesh = builder.flush()
  assert.equal(mesh.services.get('db.default.svc.cluster.local')?.resolution, 'dns')
  assert.equal(mesh.endpoints.get('db.default.svc.cluster.local')?.[0]?.address, 'db.example.com')
  assert.equal(mesh.services.get(reviews)?.namespace, 'default')
  assert.deepEqual(
    builder.findings.map(f => [f.code, f.origin.name]),
    [['ISM2008', 'thief']],
  )
})

test('a gateway that cannot be leaves the others alone', () => {
  const { builder } = twoRegions()
  const good = {
    selector: { istio: 'x' },
    servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
  }
  builder.set('', rule('Gateway', 'good', good))
  builder.set(
    '',
    rule('Gateway', 'bad', { ...good, servers: [{ port: { number: 70000, protocol: 'HTTP' }, hosts: ['*'] }] }),
  )
  assert.deepEqual(
    builder.flush().gateways.map(g => g.name),
    ['good'],
  )
  assert.deepEqual(
    builder.findings.map(f => [f.origin.name, f.field]),
    [['bad', 'spec.servers[0].port.number']],
  )
  builder.set('', rule('Gateway', 'bad', good))
  assert.equal(builder.flush().gateways.length, 2)
  assert.deepEqual(builder.findings, [])
})

test('a ServiceEntry that chooses pods knows which of them are ready', () => {
  const { builder } = twoRegions()
  builder.set(
    '',
    rule('ServiceEntry', 'alias', {
      hosts: ['reviews.example.com'],
      location: 'MESH_INTERNAL',
      resolution: 'STATIC',
      ports: [{ number: 80, name: 'http', protocol: 'HTTP', targetPort: 9080 }],
      workloadSelector: { labels: { app: 'reviews' } },
    }),
  )
  const p = pod('reviews-v1-abc-x', 'reviews', '10.0.0.2', 'n1')
  builder.set('ack-hangzhou', {
    ...p,
    status: { ...p.status, conditions: [{ type: 'Ready', status: 'False' }] },
  } as KubeObject)
  const mesh = builder.flush()
  assert.deepEqual(
    mesh.endpoints.get('reviews.example.com')?.map(e => [e.cluster, e.port, e.locality.region, e.health]),
    [
      ['ack-hangzhou', 9080, 'cn-hangzhou', 'unhealthy'],
      ['ack-shanghai', 9080, 'cn-shanghai', 'healthy'],
    ],
  )
  assert.equal(mesh.workloads.get('ack-hangzhou/default/reviews-v1-abc-x')?.inbound.length, 2)
})

test('one address written twice with other labels is two endpoints: each subset has its own', () => {
  const builder = new MeshBuilder({ schedule: () => {} })
  const endpoints = ['v1', 'v2'].map(version => ({ address: '127.0.0.1', labels: { version } }))
  const ports = [{ number: 80, name: 'http', protocol: 'HTTP' }]
  builder.set('', rule('ServiceEntry', 's', { hosts: ['s.example.com'], resolution: 'STATIC', ports, endpoints }))
  assert.deepEqual(
    builder
      .flush()
      .endpoints.get('s.example.com')
      ?.map(e => e.labels.version),
    ['v1', 'v2'],
  )
})
