import assert from 'node:assert/strict'
import { test } from 'node:test'
import { world } from '../../../../samples/bookinfo/test/world.ts'
import { gatewayAddress } from '../../src/tutorial/gateway-address.ts'
import { countPages, describe, fullStars, getPage, getPages, reviewsVersion } from '../../src/tutorial/pages.ts'

for (const version of ['v1', 'v2', 'v3'] as const) {
  test(`pages with reviews ${version} are counted as the tutorial's loop counts them`, async () => {
    await using bookinfo = await world(version, 'cn-shanghai')
    const count = countPages(await getPages(`${bookinfo.url}/productpage`, 10, 2))
    assert.equal(count.lines, version === 'v1' ? 0 : 20)
    assert.equal(count.versions[version], 10)
    assert.equal(count.failed, 0)
    assert.deepEqual(count.regions, { 'cn-hangzhou': 10, 'cn-shanghai': 10 })
  })
}

test('a page with a part missing has failed, whatever its status', async () => {
  await using bookinfo = await world('v2')
  bookinfo.reviews.faults.current = { mode: 'status', status: 503 }
  const page = await getPage(`${bookinfo.url}/productpage`)
  assert.equal(page.status, 200)
  assert.equal(reviewsVersion(page), 'none')
  assert.equal(describe(countPages([page])), '0 lines in 1 requests, 1 failed')
  bookinfo.reviews.faults.current = { mode: 'none' }
  bookinfo.ratings.faults.current = { mode: 'status', status: 503 }
  assert.equal(countPages([await getPage(`${bookinfo.url}/productpage`)]).failed, 1)
})

test('no answer is a failure, not an exception', async () => {
  await using bookinfo = await world('v1')
  bookinfo.productpage.faults.current = { mode: 'reset' }
  assert.equal((await getPage(`${bookinfo.url}/productpage`)).status, 0)
  bookinfo.productpage.faults.current = { mode: 'hang' }
  assert.equal((await getPage(`${bookinfo.url}/productpage`, 100)).status, 0)
})

test('lines are counted as grep full.stars counts them', () => {
  assert.equal(fullStars({ body: '<!-- full stars: -->\nfull-stars full stars\nfullstars\n' }).length, 2)
})

test('the address of a gateway is its load balancer’s, with the ports the load balancer has', () => {
  const service = (ingress: object[]) => ({
    items: [{ spec: { ports: [{ port: 15021 }, { port: 80 }] }, status: { loadBalancer: { ingress } } }],
  })
  const ip = '127.1.0.1'
  assert.equal(gatewayAddress(service([])), undefined)
  assert.equal(gatewayAddress({ items: [] }), undefined)
  assert.deepEqual(gatewayAddress(service([{ ip }])), { http: `http://${ip}`, health: `http://${ip}:15021` })
  assert.deepEqual(gatewayAddress(service([{ ip, ports: [{ port: 15021 }, { port: 80 }] }])), {
    http: `http://${ip}`,
    health: `http://${ip}:15021`,
  })
  assert.equal(gatewayAddress(service([{ ip, ports: [{ port: 15021 }, { port: 8080 }] }]))?.http, `http://${ip}:8080`)
})
