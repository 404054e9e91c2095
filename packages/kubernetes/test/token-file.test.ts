import assert from 'node:assert/strict'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { KubeClient } from '../src/index.ts'

/* A token that lies in a file, as a pod's does: it is replaced from time to time. */

const dir = mkdtempSync(join(tmpdir(), 'isthmus-token-'))
const tokenFile = join(dir, 'token')
const write = (token: string) => {
  writeFileSync(`${tokenFile}.new`, token)
  renameSync(`${tokenFile}.new`, tokenFile)
}
let good = ''
const asked: { token: string; body: string }[] = []
const server = createServer((request, response) => {
  let body = ''
  request.on('data', chunk => (body += chunk))
  request.on('end', () => {
    const token = (request.headers.authorization ?? '').replace('Bearer ', '')
    asked.push({ token, body })
    response.writeHead(token === good ? 200 : 401, { 'content-type': 'application/json' }).end('{}')
  })
}).listen(0, '127.0.0.1')
let now = 0
const clock = { now: () => now, after: () => () => {} }
after(() => {
  server.closeAllConnections()
  server.close()
  rmSync(dir, { recursive: true, force: true })
})

async function world(token: string) {
  if (!server.listening) await new Promise(resolve => server.once('listening', resolve))
  write(token)
  good = token
  asked.length = 0
  const { port } = server.address() as AddressInfo
  return new KubeClient({ server: `http://127.0.0.1:${port}`, tokenFile }, { clock })
}
const ask = (client: KubeClient, body?: string) =>
  client.json({ method: body ? 'POST' : 'GET', path: '/', ...(body && { body }) })
const tokens = () => asked.map(a => a.token)

test('one that was replaced is taken when the one before is refused, and what was asked is asked again', async () => {
  const client = await world('a')
  await ask(client)
  write('b')
  good = 'b'
  await Promise.all([ask(client, '"one"'), ask(client, '"two"')])
  assert.deepEqual(tokens(), ['a', 'a', 'a', 'b', 'b'])
  assert.deepEqual(
    asked
      .slice(3)
      .map(a => a.body)
      .sort(),
    ['"one"', '"two"'],
  )
  await client.close()
})

test('one that is refused and was not replaced is not tried again and again', async () => {
  const client = await world('a')
  good = 'other'
  await assert.rejects(ask(client), { kind: 'unauthorized' })
  assert.deepEqual(tokens(), ['a'])
  await client.close()
})

test('it is read again every half a minute, so that it seldom comes to a refusal', async () => {
  const client = await world('a')
  await ask(client)
  write('b')
  now += 29_000
  await ask(client)
  now += 2_000
  good = 'b'
  await ask(client)
  assert.deepEqual(tokens(), ['a', 'a', 'b'])
  await client.close()
})

test('while the file cannot be read, the last one counts', async () => {
  const client = await world('a')
  await ask(client)
  rmSync(tokenFile)
  now += 60_000
  await ask(client)
  good = 'b'
  await assert.rejects(ask(client), { kind: 'unauthorized' })
  write('b')
  await ask(client)
  assert.deepEqual(tokens(), ['a', 'a', 'a', 'b'])
  await client.close()
})
