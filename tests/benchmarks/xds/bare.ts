// A bare HTTP/2 server in a process of its own: what a discovery server cannot be faster than. It sends recorded responses,
// knows no mesh, and looks at requests only for their type. Gets the recordings over IPC; answers with its ports.
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo, Server } from 'node:net'
import type { BareChange, BareOrder, BarePorts } from './bare-server.ts'
import { type Type, types } from './client/names.ts'
import { Fields } from './client/protobuf.ts'
import { urls } from './client/sidecar.ts'
import { localities } from './workload.ts'

process.on('message', async ({ recordings, mode, changes }: BareOrder) => {
  const framed = recordings.map(
    recording => Object.fromEntries(types.map(type => [type, recording[type].map(framedOf)])) as Record<Type, Buffer[]>,
  )
  const regions = localities.map(locality => Buffer.from(locality.split('/')[0]!))
  const urlNumber = mode === 'delta' ? 2 : 4
  const streams = new Set<ServerHttp2Stream>()
  const server = createServer({ settings: { initialWindowSize: 256 << 10 } })
  server.on('stream', (stream: ServerHttp2Stream) => {
    const answered = new Set<Type>()
    let mine: Record<Type, Buffer[]> | undefined
    let buffer: Buffer = Buffer.alloc(0)
    stream.on('error', () => {})
    stream.on('close', () => streams.delete(stream))
    streams.add(stream)
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' })
    stream.on('data', (piece: Buffer) => {
      buffer = buffer.length === 0 ? piece : Buffer.concat([buffer, piece])
      while (buffer.length >= 5 && buffer.length >= 5 + buffer.readUInt32BE(1)) {
        const end = 5 + buffer.readUInt32BE(1)
        const request = buffer.subarray(5, end)
        buffer = buffer.subarray(end)
        mine ??=
          framed[
            Math.max(
              0,
              regions.findIndex(region => request.includes(region)),
            ) % framed.length
          ]!
        const type = types.find(t => urls[t] === urlOf(request, urlNumber))
        if (!type || answered.has(type)) continue
        answered.add(type)
        for (const response of mine[type]) stream.write(response)
      }
    })
  })
  const ports: BarePorts = {
    port: await portOf(server),
    post: await portOf(createHttpServer(changer(changes, streams))),
  }
  process.send?.(ports)
})
process.on('disconnect', () => process.exit(0))

/** Sends the recorded change that is asked for, with another marker, to all there are. */
function changer(changes: readonly BareChange[], streams: ReadonlySet<ServerHttp2Stream>): RequestListener {
  return (request, response) => {
    const url = new URL(request.url!, 'http://127.0.0.1')
    const change = changes.find(({ kind }) => url.pathname === `/${kind}`)
    const marker = Buffer.from(url.searchParams.get('marker') ?? '')
    if (change?.marker.length !== marker.length) {
      response.writeHead(400).end()
      return
    }
    const message = framedOf(change.response)
    for (let at = message.indexOf(change.marker); at >= 0; at = message.indexOf(change.marker, at + 1))
      marker.copy(message, at)
    for (const stream of streams) stream.write(message)
    response.end()
  }
}

function portOf(server: Server): Promise<number> {
  return new Promise(resolve => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

function framedOf(message: Uint8Array): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

function urlOf(request: Buffer, number: number): string {
  const f = new Fields(request)
  while (f.next()) if (f.number === number && f.wire === 2) return f.text()
  return ''
}
