// A bare HTTP/2 server in a process of its own: what a discovery server cannot be faster than. It sends recorded responses,
// knows no mesh, and looks at requests only for their type. Gets the recordings over IPC; answers with its port.
import { createServer, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Recording } from './client/fleet.ts'
import { type Type, types } from './client/names.ts'
import { Fields } from './client/protobuf.ts'
import { type Mode, urls } from './client/sidecar.ts'
import { localities } from './workload.ts'

process.on('message', ({ recordings, mode }: { recordings: readonly Recording[]; mode: Mode }) => {
  const framed = recordings.map(
    recording => Object.fromEntries(types.map(type => [type, recording[type].map(framedOf)])) as Record<Type, Buffer[]>,
  )
  const regions = localities.map(locality => Buffer.from(locality.split('/')[0]!))
  const urlNumber = mode === 'delta' ? 2 : 4
  const server = createServer({ settings: { initialWindowSize: 256 << 10 } })
  server.on('stream', (stream: ServerHttp2Stream) => {
    const answered = new Set<Type>()
    let mine: Record<Type, Buffer[]> | undefined
    let buffer: Buffer = Buffer.alloc(0)
    stream.on('error', () => {})
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
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
})
process.on('disconnect', () => process.exit(0))

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
