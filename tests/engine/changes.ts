import { type Random, seededRandom } from '@isthmus/control-plane/runtime/index.ts'
import * as full from './full-objects.ts'
import { hostOf, type RuleObject, rule } from './full-objects.ts'
import { nastyValues, placesOf, withValue } from './nasty.ts'

/** What one change did, for whoever reads of a failure. Objects by file; undefined: the file goes. */
export interface Change {
  readonly what: string
  readonly files: ReadonlyMap<string, RuleObject | undefined>
}

const services = 12
const versions = ['v1', 'v2', 'v3']
const regions = ['r1', 'r2', 'r3']
const httpPort = 19080

/**
 * Endless random changes of a small mesh: the same seed gives the same changes. The services `steady` of each test stay
 * as they are, and nothing here is about them.
 */
export class Changes {
  readonly #random: Random
  readonly #backends: readonly number[]
  readonly #gatewayPorts: readonly number[]
  readonly #files = new Map<string, RuleObject>()
  #renames = 0

  /** @param backends ports on 127.0.0.1 where applications answer; @param gatewayPorts free ports */
  constructor(seed: number, backends: readonly number[], gatewayPorts: readonly number[]) {
    this.#random = seededRandom(seed)
    this.#backends = backends
    this.#gatewayPorts = gatewayPorts
  }

  next(): Change {
    const one = this.#one()
    // Now and then several at once, as a deployment makes them.
    if (this.#chance(0.9)) return one
    const [two, three] = [this.#one(), this.#one()]
    return {
      what: [one, two, three].map(c => c.what).join(' + '),
      files: new Map([...one.files, ...two.files, ...three.files]),
    }
  }

  #one(): Change {
    const n = this.#below(services)
    const kinds: readonly [number, () => Change][] = [
      [3, () => this.#put('service', `se-${n}`, this.#serviceEntry(n))],
      [5, () => this.#endpoints(n)],
      [3, () => this.#put('routes', `vs-${n}`, this.#virtualService(n))],
      [3, () => this.#put('rule', `dr-${n}`, this.#destinationRule(n))],
      [1, () => this.#put('scope', `sc-${n % 3}`, this.#sidecar(n % 3))],
      [1, () => this.#put('gateway', `gw-${n % 4}`, this.#gateway(n % 4))],
      [1, () => this.#put('policy', `rp-${n}`, this.#policy(n))],
      [2, () => this.#wrong(n)],
      [2, () => this.#gone()],
      [2, () => this.#renamed()],
    ]
    let at = this.#random.next() * kinds.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, make] of kinds) {
      at -= weight
      if (at < 0) return make()
    }
    return kinds[0]![1]()
  }

  #put(what: string, file: string, object: RuleObject): Change {
    this.#files.set(file, object)
    return { what: `${what} ${file}`, files: new Map([[file, object]]) }
  }

  /** The object of a file that is there, gone. */
  #gone(): Change {
    const file = this.#pick([...this.#files.keys()])
    if (file === undefined) return this.#put('service', 'se-0', this.#serviceEntry(0))
    this.#files.delete(file)
    return { what: `gone ${file}`, files: new Map([[file, undefined]]) }
  }

  /** The same under another name, as tools that generate names do. */
  #renamed(): Change {
    const file = this.#pick([...this.#files.keys()])
    if (file === undefined) return this.#gone()
    const object = this.#files.get(file)!
    const [kind, n] = file.split('-')
    const renamed: RuleObject = { ...object, metadata: { ...object.metadata, name: `${kind}${n}-${++this.#renames}` } }
    return this.#put('renamed', file, renamed)
  }

  /** A field of a rich object with something else in it: what a person's slip, or a broken template, leaves. */
  #wrong(n: number): Change {
    const [file, object] = this.#pick([
      [`se-${n}`, full.serviceEntry(n)],
      [`vs-${n}`, full.virtualService(n)],
      [`dr-${n}`, full.destinationRule(n)],
      [`rp-${n}`, full.regionalPolicy(n)],
      [`sc-x${n}`, full.sidecar(n)],
    ] as const)!
    // What makes an object speak of others, steady ones too, would be no slip about this service.
    const places = [...placesOf(object.spec)].filter(at => !/^(hosts|host|services|gateways)$/.test(String(at[0])))
    const at = this.#pick(places)!
    const value = this.#pick(nastyValues)
    const what = `wrong ${at.join('.')}=${JSON.stringify(value)?.slice(0, 40)} in`
    return this.#put(what, file, withValue(object, at, value))
  }

  // --- objects -----------------------------------------------------------------------------------------------------

  #serviceEntry(n: number): RuleObject {
    const protocols = ['HTTP', 'HTTP2', 'GRPC', 'TCP', 'TLS']
    const ports = [
      { number: httpPort, name: 'main', protocol: this.#chance(0.7) ? 'HTTP' : this.#pick(protocols) },
      { number: 19090, name: 'other', protocol: this.#pick(protocols) },
    ].slice(0, 1 + this.#below(2))
    const resolution = this.#chance(0.8) ? 'STATIC' : this.#pick(['NONE', 'DNS'])
    const dns = resolution === 'DNS'
    return rule(
      'ServiceEntry',
      `s${n}`,
      {
        hosts: [hostOf(n), ...(this.#chance(0.3) ? [`s${n}.example`] : [])],
        addresses: this.#chance(0.7) ? [`240.1.0.${this.#chance(0.75) ? n + 10 : 9}`] : [],
        ports,
        resolution,
        location: this.#pick(['MESH_INTERNAL', 'MESH_EXTERNAL']),
        exportTo: this.#chance(0.8) ? ['*'] : ['.'],
        ...(resolution !== 'NONE' && { endpoints: this.#someEndpoints(dns) }),
      },
      this.#pick(['default', 'other']),
    )
  }

  #someEndpoints(dns: boolean): object[] {
    return Array.from({ length: this.#below(5) + (dns ? 1 : 0) }, () => ({
      address: dns ? 'localhost' : '127.0.0.1',
      ports: { main: this.#pick(this.#backends), other: this.#pick(this.#backends) },
      locality: `${this.#pick(regions)}/z${this.#below(2)}`,
      labels: { version: this.#pick(versions) },
      weight: 1 + this.#below(3),
    }))
  }

  #endpoints(n: number): Change {
    const file = `se-${n}`
    const old = this.#files.get(file)
    const resolution = old?.spec.resolution
    if (!old || (resolution !== 'STATIC' && resolution !== 'DNS'))
      return this.#put('service', file, this.#serviceEntry(n))
    const endpoints = this.#someEndpoints(resolution === 'DNS')
    return this.#put('endpoints', file, { ...old, spec: { ...old.spec, endpoints } })
  }

  #destination(): object {
    const subset = this.#chance(0.5) ? { subset: this.#pick(versions) } : {}
    return { host: hostOf(this.#below(services)), ...subset, port: { number: httpPort } }
  }

  #virtualService(n: number): RuleObject {
    if (this.#chance(0.2)) return full.virtualService(n)
    const gateways = this.#chance(0.7) ? ['mesh'] : ['mesh', `default/gw${this.#below(4)}`]
    const weighted = () => [
      { destination: this.#destination(), weight: 1 + this.#below(99) },
      { destination: this.#destination(), weight: 1 + this.#below(99) },
    ]
    return rule('VirtualService', `vs${n}`, {
      hosts: [this.#chance(0.8) ? hostOf(n) : this.#pick([`*.v${n}.example`, `s${n}.example`, '*.example'])],
      gateways,
      http: [
        {
          match: [{ uri: { prefix: this.#pick(['/a', '/b', '/c']) } }],
          route: weighted(),
          ...(this.#chance(0.5) && { timeout: '3s', retries: { attempts: 3, retryOn: '5xx' } }),
          ...(this.#chance(0.3) && { mirror: this.#destination() }),
        },
        { route: [{ destination: this.#destination() }] },
      ],
      ...(this.#chance(0.3) && { tcp: [{ route: weighted() }] }),
    })
  }

  #destinationRule(n: number): RuleObject {
    if (this.#chance(0.2)) return full.destinationRule(n)
    const simple = this.#pick(['ROUND_ROBIN', 'LEAST_REQUEST', 'RANDOM', 'PASSTHROUGH'])
    return rule('DestinationRule', `dr${n}`, {
      host: this.#chance(0.8) ? hostOf(n) : this.#pick([`s${n}.example`, '*.example']),
      subsets: versions.filter(() => this.#chance(0.7)).map(name => ({ name, labels: { version: name } })),
      ...(this.#chance(0.6) && {
        trafficPolicy: {
          loadBalancer: this.#chance(0.5) ? { simple } : { consistentHash: { httpHeaderName: 'x-user' } },
          connectionPool: { tcp: { connectTimeout: `${1 + this.#below(5)}s` } },
          outlierDetection: { consecutive5xxErrors: 1 + this.#below(5), interval: '1s' },
          ...(this.#chance(0.2) && { tls: { mode: 'SIMPLE', insecureSkipVerify: true } }),
        },
      }),
    })
  }

  #sidecar(n: number): RuleObject {
    const hosts = Array.from({ length: this.#below(6) }, () => `*/${hostOf(this.#below(services))}`)
    const spec = {
      ...(n > 0 && { workloadSelector: { labels: { app: `app-${n}` } } }),
      egress: [{ hosts: ['*/steady.default.svc.cluster.local', ...hosts] }],
    }
    return rule('Sidecar', `sc${n}`, spec, n > 0 ? 'default' : 'other')
  }

  #gateway(n: number): RuleObject {
    const servers = Array.from({ length: 1 + this.#below(2) }, (_, i) => ({
      port: { number: this.#pick(this.#gatewayPorts), name: `p${i}`, protocol: this.#pick(['HTTP', 'HTTP', 'TCP']) },
      hosts: this.#chance(0.5) ? ['*'] : [hostOf(this.#below(services)), '*.example'],
    }))
    return rule('Gateway', `gw${n}`, { selector: { istio: 'edge' }, servers })
  }

  #policy(n: number): RuleObject {
    if (this.#chance(0.3)) return full.regionalPolicy(n)
    return rule('RegionalTrafficPolicy', `rp${n}`, {
      services: [hostOf(n)],
      failover: { rules: [{ from: 'r1', to: this.#chance(0.5) ? ['r2', 'r3'] : ['r3'] }] },
      ...(this.#chance(0.5) && { distribution: { rules: [{ from: 'r2', to: { r1: this.#below(60) } }] } }),
    })
  }

  // --- chance ------------------------------------------------------------------------------------------------------

  #below(n: number): number {
    return Math.floor(this.#random.next() * n)
  }

  #chance(p: number): boolean {
    return this.#random.next() < p
  }

  #pick<T>(list: readonly T[]): T | undefined {
    return list[this.#below(list.length)]
  }
}
