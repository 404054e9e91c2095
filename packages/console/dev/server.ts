/**
 * A stand-in for the control plane, for working on the console alone: `node packages/console/dev/server.ts [--port 8098]
 * [--services 40] [--read-only]`. It serves packages/console/dist as the control plane does (nonce, policy), and an
 * invented mesh. Never part of the product.
 */
import { randomBytes } from 'node:crypto'
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { answers } from './answers.ts'
import { makeWorld, matrixOf, overviewOf } from './world.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8098' },
    services: { type: 'string', default: '40' },
    'read-only': { type: 'boolean', default: false },
    'signed-out': { type: 'boolean', default: false },
  },
})
const dist = fileURLToPath(new URL('../dist', import.meta.url))
const world = makeWorld(Number(values.services))
const answer = answers(world, { readOnly: values['read-only'], signedIn: !values['signed-out'] })
const streams = new Set<{ response: ServerResponse; topics: string[] }>()

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
}

createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost')
  if (url.pathname === '/api/v1/stream') return stream(request, response, url)
  if (url.pathname.startsWith('/api/')) return void api(request, response, url)
  page(response, url)
}).listen(Number(values.port), '127.0.0.1', () => console.log(`http://127.0.0.1:${values.port}`))

setInterval(() => {
  world.tick++
  for (const { response, topics } of streams) send(response, topics)
}, 2000)

function send(response: ServerResponse, topics: readonly string[]) {
  const payload: Record<string, () => unknown> = { overview: () => overviewOf(world), matrix: () => matrixOf(world) }
  for (const topic of topics) {
    const value = payload[topic]?.()
    if (value) response.write(`event: ${topic}\ndata: ${JSON.stringify(value)}\n\n`)
  }
}

function stream(request: IncomingMessage, response: ServerResponse, url: URL) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  const one = { response, topics: (url.searchParams.get('topics') ?? '').split(',') }
  streams.add(one)
  request.on('close', () => streams.delete(one))
  send(response, one.topics)
}

async function api(request: IncomingMessage, response: ServerResponse, url: URL) {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = chunks.length > 0 ? (JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>) : {}
  const [status, value] = answer(request.method ?? 'GET', url, body)
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(value))
}

function page(response: ServerResponse, url: URL) {
  const path = join(dist, normalize(url.pathname))
  const file = path.startsWith(dist) && existsSync(path) && statSync(path).isFile() ? path : join(dist, 'index.html')
  const headers: Record<string, string> = {
    'content-type': types[extname(file)] ?? 'application/octet-stream',
    'x-content-type-options': 'nosniff',
  }
  if (!file.endsWith('.html')) {
    response.writeHead(200, headers)
    return createReadStream(file).pipe(response)
  }
  const nonce = randomBytes(16).toString('base64')
  response.writeHead(200, {
    ...headers,
    'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'`,
  })
  response.end(readFileSync(file, 'utf8').replaceAll('__ISTHMUS_NONCE__', nonce))
}
