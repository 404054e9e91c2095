import { type ClientHttp2Session, type ClientHttp2Stream, connect, type IncomingHttpHeaders } from 'node:http2'
import { create, fromBinary, type JsonObject, type Message, toBinary } from '@bufbuild/protobuf'
import type { Any } from '@bufbuild/protobuf/wkt'
import { typeUrls } from '@isthmus/control-plane/snapshot/resource.ts'
import { Cluster_DiscoveryType, ClusterSchema } from '@isthmus/envoy-api/envoy/config/cluster/v3/cluster'
import { NodeSchema } from '@isthmus/envoy-api/envoy/config/core/v3/base'
import { ListenerSchema } from '@isthmus/envoy-api/envoy/config/listener/v3/listener'
import { HttpConnectionManagerSchema } from '@isthmus/envoy-api/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager'
import {
  type DeltaDiscoveryRequest,
  DeltaDiscoveryRequestSchema,
  DeltaDiscoveryResponseSchema,
  type DiscoveryRequest,
  DiscoveryRequestSchema,
  DiscoveryResponseSchema,
} from '@isthmus/envoy-api/envoy/service/discovery/v3/discovery'
import { StatusSchema } from '@isthmus/envoy-api/google/rpc/status'
import { registry } from '@isthmus/envoy-api/registry'

/** A small xDS client for tests: delta or state of the world, ACK by itself, NACK on demand, follows Envoy's order if asked. */

export interface XdsClientOptions {
  readonly port: number
  readonly host?: string
  readonly mode: 'delta' | 'sotw'
  readonly node?: TestNode
  readonly headers?: Readonly<Record<string, string>>
  /** Flow control window of a stream, bytes. */
  readonly window?: number
  /** For TLS: the authority to trust, PEM. */
  readonly ca?: string
  /** Words to refuse a response with; undefined accepts it. */
  readonly refuse?: (response: TestResponse) => string | undefined
  /** 'hold' keeps answers back until `answer()` is called. */
  readonly answers?: 'at once' | 'hold'
  /** Ask for EDS and RDS as clusters and listeners name them, as Envoy does. */
  readonly follow?: boolean
}

export interface TestNode {
  readonly id?: string
  readonly metadata?: JsonObject
  readonly locality?: { readonly region?: string; readonly zone?: string; readonly subZone?: string }
}

export interface TestResource {
  readonly name: string
  /** '' in state of the world. */
  readonly version: string
  readonly bytes: Uint8Array
}

export interface TestResponse {
  readonly typeUrl: string
  readonly nonce: string
  readonly version: string
  readonly resources: readonly TestResource[]
  readonly removed: readonly string[]
}

const path = '/envoy.service.discovery.v3.AggregatedDiscoveryService/'
const methods = { delta: `${path}DeltaAggregatedResources`, sotw: `${path}StreamAggregatedResources` }
/** State of the world: lists of these are complete. */
const complete: ReadonlySet<string> = new Set([typeUrls.cluster, typeUrls.listener])

export class XdsClient {
  readonly responses: TestResponse[] = []
  readonly #options: XdsClientOptions
  readonly #session: ClientHttp2Session
  readonly #stream: ClientHttp2Stream
  readonly #held = new Map<string, Map<string, TestResource>>()
  readonly #names = new Map<string, Set<string>>()
  readonly #versions = new Map<string, string>()
  readonly #nonces = new Map<string, string>()
  readonly #waiting = new Set<() => void>()
  readonly #unanswered: TestResponse[] = []
  #buffer: Buffer = Buffer.alloc(0)
  #first = true
  #closed = false
  /** Set once the stream has ended. */
  status: { readonly code: string; readonly message: string } | undefined

  constructor(options: XdsClientOptions) {
    this.#options = options
    const origin = `${options.ca ? 'https' : 'http'}://${options.host ?? '127.0.0.1'}:${options.port}`
    this.#session = connect(origin, {
      ...(options.ca && { ca: options.ca }),
      settings: { initialWindowSize: options.window ?? 1 << 24 },
    })
    this.#session.on('error', error => this.#end('', error.message))
    this.#stream = this.#session.request({
      ':method': 'POST',
      ':path': methods[options.mode],
      'content-type': 'application/grpc',
      te: 'trailers',
      ...options.headers,
    })
    this.#stream.on('data', (piece: Buffer) => this.#read(piece))
    const status = (h: IncomingHttpHeaders) => {
      if (h['grpc-status'] !== undefined)
        this.#end(String(h['grpc-status']), decodeURIComponent(String(h['grpc-message'] ?? '')))
    }
    this.#stream.on('response', status)
    this.#stream.on('trailers', status)
    this.#stream.on('error', error => this.#end('', error.message))
    this.#stream.on('close', () => this.#end('', 'closed'))
  }

  /** What it holds of a type: name to bytes. */
  held(typeUrl: string): ReadonlyMap<string, TestResource> {
    return this.#held.get(typeUrl) ?? new Map()
  }

  /** The same, decoded. */
  message<T extends Message>(typeUrl: string, name: string): T | undefined {
    const resource = this.held(typeUrl).get(name)
    const schema = registry.getMessage(typeUrl.slice(typeUrl.lastIndexOf('/') + 1))
    return resource && schema ? (fromBinary(schema, resource.bytes) as unknown as T) : undefined
  }

  /** True where it holds everything of a type that it asked for by name. */
  covered(typeUrl: string): boolean {
    return [...(this.#names.get(typeUrl) ?? [])].every(name => this.held(typeUrl).has(name))
  }

  /** Asks for names of a type besides those it has asked for; none at all: everything. */
  subscribe(
    typeUrl: string,
    names: readonly string[] = [],
    initialVersions: Readonly<Record<string, string>> = {},
  ): void {
    const set = this.#names.get(typeUrl) ?? new Set()
    this.#names.set(typeUrl, set)
    for (const name of names) set.add(name)
    if (this.#options.mode === 'delta') {
      this.#delta({ typeUrl, resourceNamesSubscribe: [...names], initialResourceVersions: { ...initialVersions } })
    } else this.#sotw(typeUrl)
  }

  unsubscribe(typeUrl: string, names: readonly string[]): void {
    const set = this.#names.get(typeUrl)
    for (const name of names) {
      set?.delete(name)
      this.#held.get(typeUrl)?.delete(name)
    }
    if (this.#options.mode === 'delta') this.#delta({ typeUrl, resourceNamesUnsubscribe: [...names] })
    else this.#sotw(typeUrl)
  }

  /** State of the world: the version of an earlier stream to begin with. */
  startFrom(typeUrl: string, version: string): void {
    this.#versions.set(typeUrl, version)
  }

  version(typeUrl: string): string {
    return this.#versions.get(typeUrl) ?? ''
  }

  /** Envoy's start: clusters, then their endpoints, then listeners, then their routes. */
  start(): void {
    this.subscribe(typeUrls.cluster)
  }

  /** With `answers: 'hold'`: answers the oldest unanswered response. */
  answer(error?: string): void {
    const response = this.#unanswered.shift()
    if (response) this.#respond(response, error)
  }

  get unanswered(): readonly TestResponse[] {
    return this.#unanswered
  }

  /** Resolves once `done` holds; rejects after a time. */
  until(done: () => boolean, what = 'a condition', ms = 10_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = () => {
        if (!done()) return
        stop()
        resolve()
      }
      const timer = setTimeout(() => {
        stop()
        reject(
          new Error(
            `waited ${ms} ms for ${what}; status ${JSON.stringify(this.status)}, ${this.responses.length} responses`,
          ),
        )
      }, ms)
      // Conditions may be the server's too, so it also looks from time to time.
      const again = setInterval(check, 10)
      const stop = () => {
        clearTimeout(timer)
        clearInterval(again)
        this.#waiting.delete(check)
      }
      this.#waiting.add(check)
      check()
    })
  }

  /** Resolves after a response round trip's time in which nothing came. */
  async quiet(ms = 60): Promise<void> {
    for (let before = -1; before !== this.responses.length; ) {
      before = this.responses.length
      await new Promise(resolve => setTimeout(resolve, ms))
    }
  }

  /** Stops reading, as a proxy that hangs does. */
  pause(): void {
    this.#stream.pause()
  }

  resume(): void {
    this.#stream.resume()
  }

  /** An acknowledgement of a response that need not have come. Delta. */
  acknowledge(typeUrl: string, responseNonce: string): void {
    this.#delta({ typeUrl, responseNonce })
  }

  /** Raw bytes on the stream, for what no client should send. */
  raw(bytes: Uint8Array): void {
    this.#stream.write(bytes)
  }

  /** Breaks the stream without a word. */
  reset(): void {
    this.#stream.close(8)
    this.#session.destroy()
  }

  async close(): Promise<void> {
    if (this.#session.destroyed) return
    this.#stream.end()
    await new Promise<void>(resolve => {
      this.#session.close(() => resolve())
      setTimeout(() => {
        this.#session.destroy()
        resolve()
      }, 500).unref()
    })
  }

  // --- in ----------------------------------------------------------------------------------------------------------

  #read(piece: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, piece])
    while (this.#buffer.length >= 5) {
      const length = this.#buffer.readUInt32BE(1)
      if (this.#buffer.length < 5 + length) break
      const bytes = new Uint8Array(this.#buffer.subarray(5, 5 + length))
      this.#buffer = this.#buffer.subarray(5 + length)
      this.#take(this.#options.mode === 'delta' ? readDelta(bytes) : readSotw(bytes))
    }
    this.#wake()
  }

  #take(response: TestResponse): void {
    this.responses.push(response)
    this.#nonces.set(response.typeUrl, response.nonce)
    if (this.#options.answers === 'hold') this.#unanswered.push(response)
    else this.#respond(response, this.#options.refuse?.(response))
  }

  #respond(response: TestResponse, error: string | undefined): void {
    const { typeUrl, nonce, version } = response
    if (error === undefined) this.#apply(response)
    const errorDetail = error === undefined ? undefined : create(StatusSchema, { code: 13, message: error })
    if (this.#options.mode === 'delta') this.#delta({ typeUrl, responseNonce: nonce, errorDetail })
    else {
      if (error === undefined) this.#versions.set(typeUrl, version)
      this.#sotw(typeUrl, nonce, errorDetail)
    }
    if (error === undefined && this.#options.follow) this.#followUp(typeUrl)
    this.#wake()
  }

  #apply(response: TestResponse): void {
    let held = this.#held.get(response.typeUrl)
    if (!held || (this.#options.mode === 'sotw' && complete.has(response.typeUrl))) {
      held = new Map()
      this.#held.set(response.typeUrl, held)
    }
    for (const resource of response.resources) {
      const had = held.get(resource.name)
      // Equal bytes keep their object, so that what was read of it is not read again.
      if (!had || Buffer.compare(had.bytes, resource.bytes) !== 0) held.set(resource.name, resource)
    }
    for (const name of response.removed) held.delete(name)
  }

  #followUp(typeUrl: string): void {
    if (typeUrl === typeUrls.cluster) this.#want(typeUrls.endpoint, this.#endpointSets())
    if (typeUrl === typeUrls.listener) this.#want(typeUrls.route, this.#routeNames())
    if (this.covered(typeUrls.endpoint) && !this.#names.has(typeUrls.listener)) this.subscribe(typeUrls.listener)
  }

  #want(typeUrl: string, wanted: ReadonlySet<string>): void {
    const have = this.#names.get(typeUrl) ?? new Set()
    const gone = [...have].filter(name => !wanted.has(name))
    const added = [...wanted].filter(name => !have.has(name))
    if (added.length > 0) this.subscribe(typeUrl, added)
    if (gone.length > 0) this.unsubscribe(typeUrl, gone)
  }

  #endpointSets(): Set<string> {
    return new Set([...this.held(typeUrls.cluster).values()].flatMap(endpointSetsOf))
  }

  #routeNames(): Set<string> {
    return new Set([...this.held(typeUrls.listener).values()].flatMap(routeNamesOf))
  }

  // --- out ---------------------------------------------------------------------------------------------------------

  #node() {
    if (!this.#first) return undefined
    this.#first = false
    const {
      id = 'sidecar~10.0.0.1~app-1.default~default.svc.cluster.local',
      metadata,
      locality,
    } = this.#options.node ?? {}
    const known = { CLUSTER_ID: 'test', NAMESPACE: 'default', ...metadata }
    return create(NodeSchema, { id, metadata: known, ...(locality && { locality }) })
  }

  #delta(init: Partial<Omit<DeltaDiscoveryRequest, '$typeName' | '$unknown'>>): void {
    const message = create(DeltaDiscoveryRequestSchema, { node: this.#node(), ...init })
    this.#send(toBinary(DeltaDiscoveryRequestSchema, message))
  }

  #sotw(
    typeUrl: string,
    responseNonce = this.#nonces.get(typeUrl) ?? '',
    errorDetail?: DiscoveryRequest['errorDetail'],
  ): void {
    const resourceNames = [...(this.#names.get(typeUrl) ?? [])]
    const versionInfo = this.version(typeUrl)
    const message = create(DiscoveryRequestSchema, {
      node: this.#node(),
      typeUrl,
      resourceNames,
      versionInfo,
      responseNonce,
      errorDetail,
    })
    this.#send(toBinary(DiscoveryRequestSchema, message))
  }

  #send(bytes: Uint8Array): void {
    if (this.#stream.destroyed || this.#stream.writableEnded) return
    const head = Buffer.alloc(5)
    head.writeUInt32BE(bytes.length, 1)
    this.#stream.write(Buffer.concat([head, bytes]))
  }

  #end(code: string, message: string): void {
    if (this.#closed && code === '') return
    this.#closed = true
    if (code !== '' || !this.status) this.status = { code, message }
    this.#wake()
  }

  #wake(): void {
    for (const check of [...this.#waiting]) check()
  }
}

/** What a resource names, read once. */
const named = new WeakMap<TestResource, readonly string[]>()

function endpointSetsOf(resource: TestResource): readonly string[] {
  let names = named.get(resource)
  if (!names) {
    const c = fromBinary(ClusterSchema, resource.bytes)
    const eds = c.clusterDiscoveryType.case === 'type' && c.clusterDiscoveryType.value === Cluster_DiscoveryType.EDS
    names = eds ? [c.edsClusterConfig?.serviceName || c.name] : []
    named.set(resource, names)
  }
  return names
}

function routeNamesOf(resource: TestResource): readonly string[] {
  const known = named.get(resource)
  if (known) return known
  const l = fromBinary(ListenerSchema, resource.bytes)
  const names: string[] = []
  for (const chain of [...l.filterChains, ...(l.defaultFilterChain ? [l.defaultFilterChain] : [])]) {
    for (const { configType } of chain.filters) {
      if (configType.case !== 'typedConfig' || !configType.value.typeUrl.endsWith('HttpConnectionManager')) continue
      const { routeSpecifier } = fromBinary(HttpConnectionManagerSchema, configType.value.value)
      if (routeSpecifier.case === 'rds') names.push(routeSpecifier.value.routeConfigName)
    }
  }
  named.set(resource, names)
  return names
}

function readDelta(bytes: Uint8Array): TestResponse {
  const m = fromBinary(DeltaDiscoveryResponseSchema, bytes)
  const resources = m.resources.map(r => ({ name: r.name, version: r.version, bytes: r.resource!.value }))
  return { typeUrl: m.typeUrl, nonce: m.nonce, version: m.systemVersionInfo, resources, removed: m.removedResources }
}

function readSotw(bytes: Uint8Array): TestResponse {
  const m = fromBinary(DiscoveryResponseSchema, bytes)
  const resources = m.resources.map(any => ({ name: nameOf(any), version: '', bytes: any.value }))
  return { typeUrl: m.typeUrl, nonce: m.nonce, version: m.versionInfo, resources, removed: [] }
}

function nameOf(any: Any): string {
  const schema = registry.getMessage(any.typeUrl.slice(any.typeUrl.lastIndexOf('/') + 1))
  if (!schema) return ''
  const message = fromBinary(schema, any.value) as { name?: string; clusterName?: string }
  return message.name ?? message.clusterName ?? ''
}
