import assert from 'node:assert/strict'
import { test } from 'node:test'
import { world } from './world.ts'

const stars = (page: string) => page.split('\n').filter(line => line.includes('<!-- full stars: -->')).length

test('the page with reviews v1 has no stars', async () => {
  await using bookinfo = await world('v1')
  const page = await (await fetch(`${bookinfo.url}/productpage`)).text()
  assert.match(page, /The Comedy of Errors/)
  assert.match(page, /PublisherA/)
  assert.match(page, /Reviewer2/)
  assert.equal(stars(page), 0)
})

for (const [version, color] of [
  ['v2', 'black'],
  ['v3', 'red'],
] as const) {
  test(`the page with reviews ${version} has two lines of full stars, ${color} ones`, async () => {
    await using bookinfo = await world(version)
    const page = await (await fetch(`${bookinfo.url}/productpage`)).text()
    assert.equal(stars(page), 2)
    assert.equal(page.match(/full stars/g)?.length, 2, 'nothing else on the page is caught by grep "full.stars"')
    assert.equal(page.match(new RegExp(`<font color="${color}">`, 'g'))?.length, 2)
    assert.equal(page.match(/glyphicon-star"/g)?.length, 9, 'five and four')
  })
}

test('it says which pod of which region had a part in it, on the page and in a header', async () => {
  await using bookinfo = await world('v2', 'cn-shanghai')
  const answer = await fetch(`${bookinfo.url}/productpage`)
  assert.equal(
    answer.headers.get('x-served-by'),
    'productpage-pod; region=cn-hangzhou, details-pod; region=cn-hangzhou, reviews-pod; region=cn-shanghai, ratings-pod; region=cn-hangzhou',
  )
  assert.match(
    await answer.text(),
    /class="away"><b>reviews<\/b> <code>reviews-pod<\/code> <span class="region">cn-shanghai/,
  )
})

for (const fault of ['503', 'hang', 'reset']) {
  test(`with reviews broken (${fault}) the page is there and says so`, async () => {
    await using bookinfo = await world('v2')
    bookinfo.reviews.faults.current =
      fault === '503' ? { mode: 'status', status: 503 } : { mode: fault as 'hang' | 'reset' }
    const answer = await fetch(`${bookinfo.url}/productpage`)
    const page = await answer.text()
    assert.equal(answer.status, 200)
    assert.match(page, /Error fetching product reviews!/)
    assert.equal(stars(page), 0)
    assert.equal(
      (await fetch(`http://127.0.0.1:${bookinfo.reviews.port}/health`)).status,
      200,
      'its probe still passes',
    )
  })
}

test('with ratings broken the reviews are there without stars', async () => {
  await using bookinfo = await world('v2')
  bookinfo.ratings.faults.current = { mode: 'status', status: 503 }
  const page = await (await fetch(`${bookinfo.url}/productpage`)).text()
  assert.match(page, /Ratings service is currently unavailable/)
  assert.equal(stars(page), 0)
})

test('with details broken the page says so', async () => {
  await using bookinfo = await world('v1')
  bookinfo.details.faults.current = { mode: 'status', status: 500 }
  assert.match(await (await fetch(`${bookinfo.url}/productpage`)).text(), /Error fetching product details!/)
})

test('signing in and out: the name is shown, escaped, and handed on as end-user', async () => {
  await using bookinfo = await world('v1')
  const post = (username: string) =>
    fetch(`${bookinfo.url}/login`, {
      method: 'POST',
      redirect: 'manual',
      headers: { referer: `${bookinfo.url}/productpage?u=normal` },
      body: new URLSearchParams({ username, passwd: '' }),
    })
  const signedIn = await post('<b>jason</b>')
  assert.equal(signedIn.status, 302)
  assert.equal(signedIn.headers.get('location'), '/productpage?u=normal')
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
  const page = await (await fetch(`${bookinfo.url}/productpage`, { headers: { cookie } })).text()
  assert.match(page, /&lt;b&gt;jason&lt;\/b&gt;/)
  assert.doesNotMatch(page, /<b>jason/)

  const forged = cookie.replace(/=[^.]+/, `=${Buffer.from('root').toString('base64url')}`)
  assert.doesNotMatch(
    await (await fetch(`${bookinfo.url}/productpage`, { headers: { cookie: forged } })).text(),
    /sign out/,
  )

  const out = await fetch(`${bookinfo.url}/logout`, { redirect: 'manual', headers: { cookie } })
  assert.equal(out.status, 302)
  assert.match(out.headers.get('set-cookie') ?? '', /Max-Age=0/)
})

test('a visitor is never sent to another site', async () => {
  await using bookinfo = await world('v1')
  const out = await fetch(`${bookinfo.url}/logout`, {
    redirect: 'manual',
    headers: { referer: 'http://elsewhere.example//evil.example/x' },
  })
  assert.equal(out.headers.get('location'), '/evil.example/x')
})

test('the API gives products, details, reviews and ratings', async () => {
  await using bookinfo = await world('v2')
  const api = async (path: string) => (await fetch(`${bookinfo.url}/api/v1/products${path}`)).json()
  assert.equal(((await api('')) as { title: string }[])[0]?.title, 'The Comedy of Errors')
  assert.equal(((await api('/0')) as Record<string, string>)['ISBN-10'], '1234567890')
  assert.deepEqual(((await api('/0/reviews')) as { reviews: { rating: unknown }[] }).reviews[0]?.rating, {
    stars: 5,
    color: 'black',
  })
  assert.deepEqual(await api('/0/ratings'), { id: 0, ratings: { Reviewer1: 5, Reviewer2: 4 } })
  assert.equal((await fetch(`${bookinfo.url}/api/v1/products/nonsense`)).status, 400)
})

test('front page, health, metrics and files', async () => {
  await using bookinfo = await world('v1')
  assert.match(await (await fetch(`${bookinfo.url}/`)).text(), /simple bookstore application/)
  assert.equal(await (await fetch(`${bookinfo.url}/health`)).text(), 'Product page is healthy')
  assert.equal(
    (await fetch(`${bookinfo.url}/static/bookinfo.css`)).headers.get('content-type'),
    'text/css; charset=utf-8',
  )
  for (const path of ['/static/../handler.ts', '/static/%2e%2e/handler.ts', '/static/none.css', '/nothing']) {
    assert.equal((await fetch(bookinfo.url + path)).status, 404, path)
  }
  await (await fetch(`${bookinfo.url}/productpage`)).text()
  assert.match(
    await (await fetch(`${bookinfo.url}/metrics`)).text(),
    /request_result_total\{destination_app="reviews",response_code="200"\} 1/,
  )
})
