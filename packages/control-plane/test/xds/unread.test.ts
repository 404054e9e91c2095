import assert from 'node:assert/strict'
import { connect } from 'node:http2'
import { afterEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '@isthmus/control-plane/runtime/index.ts'
import { silentLog } from '@isthmus/control-plane/runtime/index.ts'
import { encodeResource } from '@isthmus/control-plane/snapshot/encode.ts'
import { endpointsMessage, service, snapshotOf, typeUrls } from '../support/tiny-snapshot.ts'
import { XdsClient } from '../support/xds-client.ts'
import { TestXdsServer } from '../support/xds-server.ts'

/** Clients that do not read what they are sent: their memory, their end, and everybody else. */

const cleanup: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const task of cleanup.splice(0).reverse()) await task()
})

const ports = Array.from({ length: 3_000 }, (_, i) => i + 1)
/** Two sets of about 90 KB each, more than a window of 64 KB. */
const world = () => snapshotOf(...service('a', ports), ...service('b', ports))

async function serve(options = {}): Promise<TestXdsServer> {
  const server = await new TestXdsServer(world(), options).listen()
  cleanup.push(() => server.close())
  return server
}

function client(server: TestXdsServer, id: string, window?: number): XdsClient {
  const node = { id: `sidecar~10.0.0.1~${id}.b~b.svc.cluster.local` }
  const c = new XdsClient({ port: server.port, mode: 'delta', follow: true, node, ...(window && { window }) })
  cleanup.push(() => c.reset())
  c.start()
  return c
}

const statusOf = (server: TestXdsServer, id: string) => server.server.proxies().find(p => p.node.id.includes(id))

test('what waits for a client that does not read is bounded, whatever changes, and it gets the newest in the end', async () => {
  const server = await serve()
  const slow = client(server, 'slow', 65_535)
  const quick = client(server, 'quick')
  for (const c of [slow, quick])
    await c.until(() => c.covered(typeUrls.endpoint) && c.held(typeUrls.endpoint).size === 2)
  slow.pause()
  const one = server.snapshot!.resources.get(typeUrls.endpoint)!.get('a')!.bytes.length
  let most = 0
  for (let i = 0; i < 60; i++) {
    const before = quick.responses.length
    server.change(['a', 'b'].map(name => encodeResource(endpointsMessage(name, [...ports, 10_000 + i]))))
    await quick.until(() => quick.responses.length > before)
    most = Math.max(most, statusOf(server, 'slow')?.unreadBytes ?? 0)
  }
  assert.ok(most > one, 'it did read')
  assert.ok(most < 3 * one, `${most} bytes waited, one change is ${2 * one}`)
  assert.equal(statusOf(server, 'quick')?.unreadBytes, 0)
  const responses = slow.responses.length
  slow.resume()
  await slow.until(() => server.server.proxies().every(p => p.inStep), 'the slow one to catch up')
  assert.ok(slow.responses.length - responses < 6, `it got ${slow.responses.length - responses} of 60 changes`)
  assert.deepEqual(slow.held(typeUrls.endpoint).get('b')?.bytes, quick.held(typeUrls.endpoint).get('b')?.bytes)
})

test('a client that acknowledges what it cannot have read gets no more before it reads', async () => {
  const server = await serve()
  const liar = client(server, 'liar', 65_535)
  await liar.until(() => liar.held(typeUrls.endpoint).size === 2)
  liar.pause()
  const one = server.snapshot!.resources.get(typeUrls.endpoint)!.get('a')!.bytes.length
  let most = 0
  for (let i = 0; i < 40; i++) {
    server.change(['a', 'b'].map(name => encodeResource(endpointsMessage(name, [...ports, 10_000 + i]))))
    // Nonces are numbers: they can be guessed.
    for (let nonce = 1; nonce < 60; nonce++) liar.acknowledge(typeUrls.endpoint, String(nonce))
    await sleep(5)
    most = Math.max(most, statusOf(server, 'liar')?.unreadBytes ?? 0)
  }
  assert.ok(most > one && most < 4 * one, `${most} bytes waited, one change is ${2 * one}`)
})

test('a client that reads nothing for too long is dropped, with a word in the log; others are not', async () => {
  const warnings: Record<string, unknown>[] = []
  const log: Log = { ...silentLog, warn: fields => void warnings.push(fields as Record<string, unknown>) }
  const server = await serve({ log, limits: { unreadMs: 200 } })
  const quick = client(server, 'quick')
  const slow = client(server, 'slow', 65_535)
  for (const c of [slow, quick]) await c.until(() => c.held(typeUrls.endpoint).size === 2)
  slow.pause()
  server.change(['a', 'b'].map(name => encodeResource(endpointsMessage(name, [...ports, 9]))))
  await quick.until(() => server.server.proxies().length === 1, 'the slow one to be dropped')
  assert.deepEqual(
    warnings.map(w => [w.code, String(w.proxy).includes('slow')]),
    [['ISM3017', true]],
  )
  await slow.until(() => slow.status !== undefined, 'the slow one to hear of it')
  await sleep(400)
  assert.equal(quick.status, undefined)
  assert.equal(statusOf(server, 'quick')?.inStep, true)
})

test('more streams on a connection than the limit: the one too many is told so, the others live', async () => {
  const server = await serve({ limits: { streamsPerConnection: 2 } })
  const session = connect(`http://127.0.0.1:${server.port}`)
  cleanup.push(() => session.destroy())
  const path = '/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources'
  const open = () => session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc' })
  const streams = [open(), open(), open()]
  const headers = await new Promise<Record<string, unknown>>(resolve => streams[2]!.on('response', resolve))
  assert.equal(headers['grpc-status'], '8')
  assert.match(String(headers['grpc-message']), /ISM3014: 3 streams on one connection, the limit is 2/)
  assert.deepEqual([streams[0]!.closed, streams[1]!.closed], [false, false])
  streams[0]!.close()
  await sleep(50)
  const fourth = open()
  await sleep(50)
  assert.equal(fourth.closed, false)
})
