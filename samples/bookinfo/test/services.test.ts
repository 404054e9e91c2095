import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { noFault, parseFault } from '../src/common/fault.ts'
import { forwardHeaders } from '../src/common/forward.ts'
import { identity, parseServedBy } from '../src/common/identity.ts'
import { peerUrl } from '../src/common/peers.ts'
import { json, startService } from '../src/common/service.ts'
import { reviews } from '../src/reviews/handler.ts'
import { world } from './world.ts'

test('details and ratings answer as the known application', async () => {
  await using bookinfo = await world('v1')
  const at = (port: number, path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init)
  assert.equal(((await (await at(bookinfo.details.port, '/details/7')).json()) as { id: number }).id, 7)
  assert.equal((await at(bookinfo.details.port, '/details/x')).status, 400)
  const posted = await at(bookinfo.ratings.port, '/ratings/3', { method: 'POST', body: '{"Reviewer1":1}' })
  assert.deepEqual(await posted.json(), { id: 3, ratings: { Reviewer1: 1 } })
  assert.deepEqual(await (await at(bookinfo.ratings.port, '/ratings/3')).json(), { id: 3, ratings: { Reviewer1: 1 } })
  assert.equal((await at(bookinfo.ratings.port, '/ratings/3', { method: 'POST', body: 'no' })).status, 400)
  for (const service of [bookinfo.details, bookinfo.ratings, bookinfo.reviews]) {
    assert.equal((await at(service.port, '/health')).status, 200)
  }
})

test('reviews hand the tracing and user headers on to ratings', async () => {
  const seen: Record<string, unknown>[] = []
  const upstream = createServer((request, response) => {
    seen.push(request.headers)
    response.end('{"id":0,"ratings":{"Reviewer1":5,"Reviewer2":4}}')
  })
  await new Promise<void>(resolve => upstream.listen(0, '127.0.0.1', resolve))
  const who = { service: 'reviews', version: 'v3', pod: 'reviews-v3-x' }
  const service = await startService({
    who,
    handler: reviews(who, {
      ratings: true,
      starColor: 'red',
      ratingsUrl: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
    }),
    port: 0,
  })
  const headers = {
    'x-request-id': 'r',
    traceparent: 't',
    'x-b3-traceid': 'b',
    'end-user': 'jason',
    cookie: 'a=b',
    'x-other': 'stays here',
  }
  const answer = await fetch(`http://127.0.0.1:${service.port}/reviews/0`, { headers })
  assert.deepEqual(((await answer.json()) as { reviews: { rating: unknown }[] }).reviews[1]?.rating, {
    stars: 4,
    color: 'red',
  })
  for (const [name, value] of Object.entries(headers))
    assert.equal(seen[0]?.[name], name === 'x-other' ? undefined : value, name)
  await service.stop()
  upstream.close()
})

test('forwarded headers leave out what belongs to one hop', () => {
  assert.deepEqual(forwardHeaders({ host: 'a', connection: 'close', 'content-length': '3', b3: '1' }), { b3: '1' })
})

test('faults are read from a word', () => {
  assert.deepEqual(parseFault('503'), { mode: 'status', status: 503 })
  assert.deepEqual(parseFault(' HANG '), { mode: 'hang' })
  assert.deepEqual(parseFault('delay=250'), { mode: 'none', delayMs: 250 })
  assert.deepEqual(parseFault(''), noFault)
  for (const wrong of ['100', '600', 'broken', 'delay=', '5030']) assert.equal(parseFault(wrong), undefined, wrong)
})

test('a living program is broken and mended through its switch', async () => {
  const who = identity('echo', { HOSTNAME: 'pod-1' })
  const service = await startService({
    who,
    handler: () => json(200, {}),
    port: 0,
    host: '127.0.0.1',
    faultDoor: '127.0.0.1:0',
  })
  const set = (body: string) => fetch(`http://127.0.0.1:${service.faultPort}/fault`, { method: 'POST', body })
  const status = async () => (await fetch(`http://127.0.0.1:${service.port}/`)).status
  assert.equal(await status(), 200)
  assert.equal((await set('{"mode":"503"}')).status, 200)
  assert.equal(await status(), 503)
  await set('418')
  assert.equal(await status(), 418)
  assert.equal((await set('{"mode":"sideways"}')).status, 400)
  await set('{"mode":"none"}')
  assert.equal(await status(), 200)
  assert.equal(
    (await fetch(`http://127.0.0.1:${service.port}/fault`)).status,
    200,
    'the service itself has no such path of its own',
  )
  await service.stop()
})

test('at its end a service finishes what it has and answers what still comes for a moment', async () => {
  const who = identity('slow', { HOSTNAME: 'pod-1' })
  const handler = async () => {
    await new Promise(resolve => setTimeout(resolve, 300))
    return json(200, {})
  }
  const service = await startService({ who, handler, port: 0, host: '127.0.0.1' })
  const url = `http://127.0.0.1:${service.port}/`
  const inFlight = fetch(url)
  await new Promise(resolve => setTimeout(resolve, 50))
  const stopped = service.stop(200, 3000)
  const late = fetch(url)
  assert.equal((await inFlight).status, 200)
  assert.equal((await late).status, 200)
  await stopped
  await assert.rejects(fetch(url))
})

test('names of the other services come from the known variables', () => {
  assert.equal(peerUrl('reviews', {}), 'http://reviews:9080')
  assert.equal(
    peerUrl('ratings', { RATINGS_HOSTNAME: 'stars', RATINGS_SERVICE_PORT: '80', SERVICES_DOMAIN: 'shop.svc' }),
    'http://stars.shop.svc:80',
  )
})

test('x-served-by is read back in the order of the calls', () => {
  assert.deepEqual(parseServedBy('a; region=cn-hangzhou, b,c;region=cn-shanghai'), [
    { pod: 'a', region: 'cn-hangzhou' },
    { pod: 'b' },
    { pod: 'c', region: 'cn-shanghai' },
  ])
  assert.deepEqual(parseServedBy(undefined), [])
})
