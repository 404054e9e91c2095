import { type ClientHttp2Session, type ClientHttp2Stream, connect as http2 } from 'node:http2'
import { type Socket, connect as tcp } from 'node:net'
import { create, type JsonObject, toBinary } from '@bufbuild/protobuf'
import type { Random } from '@isthmus/control-plane/runtime/index.ts'
import { typeUrls } from '@isthmus/control-plane/snapshot/index.ts'
import {
  DeltaDiscoveryRequestSchema,
  DiscoveryRequestSchema,
} from '@isthmus/envoy-api/envoy/service/discovery/v3/discovery'

/** What a client that is broken, or means harm, can send to the discovery port. Each ends by itself or when it is told to. */

export interface Attack {
  readonly name: string
  /** Resolves when all is sent. */
  run(port: number, random: Random): Promise<void>
}

const path = '/envoy.service.discovery.v3.AggregatedDiscoveryService/'
const opened = new Set<{ destroy(): void }>()

/** Ends what attacks have left open. */
export function endAll(): void {
  for (const one of opened) one.destroy()
  opened.clear()
}

const pause = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms))

function session(port: number): ClientHttp2Session {
  const made = http2(`http://127.0.0.1:${port}`)
  made.on('error', () => {})
  opened.add(made)
  return made
}

function stream(of: ClientHttp2Session, mode: 'Delta' | 'Stream' = 'Delta', more: Record<string, string> = {}) {
  const headers = {
    ':method': 'POST',
    ':path': `${path}${mode}AggregatedResources`,
    'content-type': 'application/grpc',
  }
  const made = of.request({ ...headers, te: 'trailers', ...more })
  made.on('error', () => {})
  made.resume()
  return made
}

function socket(port: number): Socket {
  const made = tcp(port, '127.0.0.1')
  made.on('error', () => {})
  made.resume()
  opened.add(made)
  return made
}

export function framed(bytes: Uint8Array, length = bytes.length, flag = 0): Buffer {
  const head = Buffer.alloc(5)
  head[0] = flag
  head.writeUInt32BE(length >>> 0, 1)
  return Buffer.concat([head, bytes])
}

const id = 'sidecar~10.0.0.9~rude-1.default~default.svc.cluster.local'

function delta(more: object, metadata: JsonObject = { NAMESPACE: 'default' }): Buffer {
  const init = { typeUrl: typeUrls.cluster, node: { id, metadata }, ...more }
  return framed(toBinary(DeltaDiscoveryRequestSchema, create(DeltaDiscoveryRequestSchema, init)))
}

function sotw(more: object): Buffer {
  const init = { typeUrl: typeUrls.cluster, node: { id, metadata: { NAMESPACE: 'default' } }, ...more }
  return framed(toBinary(DiscoveryRequestSchema, create(DiscoveryRequestSchema, init)))
}

const names = (count: number, length = 12) => Array.from({ length: count }, (_, i) => `${i}`.padEnd(length, 'x'))
const bytes = (n: number, random: Random) =>
  Buffer.from(Array.from({ length: n }, () => Math.floor(random.next() * 256)))

/** One HTTP/2 frame. */
function frame(type: number, flags: number, on: number, payload: Uint8Array, length = payload.length): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(on, 5)
  return Buffer.concat([head, payload])
}

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
const settings = frame(4, 0, 0, Buffer.alloc(0))

async function frames(port: number, all: readonly Buffer[]): Promise<void> {
  const s = socket(port)
  s.write(Buffer.concat([preface, settings, ...all]))
  await pause(20)
}

const repeat = (n: number, one: Buffer) => Array.from({ length: n }, () => one)

async function write(s: ClientHttp2Stream, ...messages: readonly Uint8Array[]): Promise<void> {
  for (const message of messages) if (!s.destroyed) s.write(message)
  await pause(10)
}

export const attacks: readonly Attack[] = [
  {
    name: 'random bytes on the socket',
    run: async (port, random) => {
      const s = socket(port)
      if (random.next() < 0.7) s.write(preface)
      s.write(bytes(2_000, random))
      await pause(10)
    },
  },
  {
    name: 'random frames',
    run: (port, random) =>
      frames(
        port,
        Array.from({ length: 50 }, () => {
          const kind = Math.floor(random.next() * 11)
          return frame(kind, Math.floor(random.next() * 64), Math.floor(random.next() * 8), bytes(20, random))
        }),
      ),
  },
  {
    name: 'streams opened and reset',
    run: async port => {
      const s = session(port)
      for (let i = 0; i < 300 && !s.destroyed; i++) stream(s).close(8)
      await pause(20)
    },
  },
  { name: 'pings', run: port => frames(port, repeat(5_000, frame(6, 0, 0, Buffer.alloc(8)))) },
  { name: 'settings', run: port => frames(port, repeat(2_000, settings)) },
  {
    name: 'headers without end',
    run: port => {
      // literal header, not indexed, a name and a value of one byte each
      const block = Buffer.concat(repeat(3_000, Buffer.from([0, 1, 0x61, 1, 0x62])))
      return frames(port, [frame(1, 0, 1, block), ...repeat(200, frame(9, 0, 1, block))])
    },
  },
  { name: 'a frame of 16 MiB announced', run: port => frames(port, [frame(0, 0, 1, Buffer.alloc(10), 0xffffff)]) },
  {
    name: 'large headers',
    run: async port => {
      const s = session(port)
      stream(s, 'Delta', { 'x-large': 'x'.repeat(60_000) })
      stream(s, 'Delta', { authorization: `Bearer ${'x'.repeat(30_000)}` })
      await pause(20)
    },
  },
  {
    name: 'many streams on a connection',
    run: async port => {
      const s = session(port)
      for (let i = 0; i < 100; i++) void write(stream(s), delta({}))
      await pause(50)
    },
  },
  {
    name: 'half a message',
    run: (port, random) => write(stream(session(port)), framed(bytes(100_000, random), 15 << 20)),
  },
  { name: 'a message that is too long', run: port => write(stream(session(port)), framed(Buffer.alloc(10), 1 << 30)) },
  { name: 'no gRPC frame', run: (port, random) => write(stream(session(port)), bytes(500, random)) },
  { name: 'random protobuf', run: (port, random) => write(stream(session(port)), framed(bytes(300, random))) },
  {
    name: 'a request, bent',
    run: async (port, random) => {
      const good = delta({ resourceNamesSubscribe: names(5), initialResourceVersions: { a: '1' }, responseNonce: '1' })
      const s = stream(session(port), random.next() < 0.5 ? 'Delta' : 'Stream')
      for (let i = 0; i < 4; i++) {
        const bent = Buffer.from(good)
        bent[5 + Math.floor(random.next() * (bent.length - 5))] = Math.floor(random.next() * 256)
        await write(s, bent)
      }
    },
  },
  {
    name: 'names of a megabyte',
    run: port => write(stream(session(port)), delta({ resourceNamesSubscribe: names(8, 1 << 20) })),
  },
  {
    name: 'too many names',
    run: port => write(stream(session(port)), delta({ resourceNamesSubscribe: names(100_001) })),
  },
  {
    name: 'many names, again and again',
    run: async port => {
      const s = stream(session(port), 'Stream')
      for (let i = 0; i < 5; i++) await write(s, sotw({ resourceNames: names(5_000 + i), typeUrl: typeUrls.endpoint }))
    },
  },
  {
    name: 'types without end',
    run: port =>
      write(stream(session(port)), ...Array.from({ length: 200 }, (_, i) => delta({ typeUrl: `type.example/x${i}` }))),
  },
  {
    name: 'metadata a thousand deep, and wide',
    run: async port => {
      let deep: JsonObject = {}
      for (let i = 0; i < 90; i++) deep = { a: deep }
      const LABELS = Object.fromEntries(names(5_000).map(name => [name, name]))
      const odd = { LABELS, CLUSTER_ID: 7, NAMESPACE: [], deep, ISTHMUS_REDIRECT: null } as unknown as JsonObject
      await write(stream(session(port)), delta({}, odd))
    },
  },
  {
    name: 'answers to what was never sent',
    run: async (port, random) => {
      const s = stream(session(port))
      for (let i = 0; i < 50; i++) {
        const errorDetail = random.next() < 0.5 ? { code: 3, message: 'x'.repeat(5_000) } : undefined
        await write(s, delta({ responseNonce: String(Math.floor(random.next() * 20)), errorDetail }))
      }
    },
  },
  {
    name: 'a client that does not read',
    run: async port => {
      const s = session(port)
      const reader = stream(s)
      reader.pause()
      await write(reader, delta({ resourceNamesSubscribe: ['*'] }), delta({ typeUrl: typeUrls.listener }))
    },
  },
]
