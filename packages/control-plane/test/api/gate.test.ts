import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { KubeError } from '@isthmus/kubernetes'
import { csrfHeader, meshGate } from '../../src/api/auth/gate.ts'
import type { Reviews, User } from '../../src/api/auth/reviews.ts'
import { kubeReviews } from '../../src/api/auth/reviews.ts'

/* Sessions and links over time; what RBAC decides is in tests/features/api/. */

const minute = 60_000

function world() {
  let now = 1_000_000
  const good = new Map<string, User>([['token', { user: 'ann', groups: ['sre'] }]])
  const clock = { now: () => now, after: () => () => {} }
  const known = new Set<string>()
  const reviews: Reviews = {
    userOf: async token => good.get(token),
    allowed: async () => true,
    knows: token => known.has(token),
  }
  return { gate: meshGate(reviews, clock), good, known, pass: (ms: number) => (now += ms) }
}

function request(headers: Record<string, string>, method = 'GET', socket: object = {}): IncomingMessage {
  return {
    headers: { host: 'isthmus.example', ...headers },
    method,
    socket: { remoteAddress: '10.0.0.1', ...socket },
  } as unknown as IncomingMessage
}

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const withCookie = (id: string) => request({ cookie: `other=1; isthmus-session=${id}` })

test('a session ends after an hour without use, and after twelve hours whatever happens', async () => {
  const { gate, pass } = world()
  const idle = await gate.signIn(request({}, 'POST'), 'token')
  pass(59 * minute)
  assert.equal((await gate.caller(withCookie(idle.id))).user, 'ann')
  pass(61 * minute)
  await assert.rejects(gate.caller(withCookie(idle.id)), { code: 'ISM5103' })
  const busy = await gate.signIn(request({}, 'POST'), 'token')
  for (let i = 0; i < 23; i++) {
    pass(30 * minute)
    await gate.caller(withCookie(busy.id))
  }
  pass(31 * minute)
  await assert.rejects(gate.caller(withCookie(busy.id)), { code: 'ISM5103' })
})

test('a session ends with its token, where that says when', async () => {
  const { gate, good, pass } = world()
  const claims = { exp: 1_000 + 1800 }
  const token = `${encoded({ alg: 'none' })}.${encoded(claims)}.`
  good.set(token, { user: 'ann', groups: [] })
  const { id, caller } = await gate.signIn(request({}, 'POST'), token)
  assert.equal(caller.session?.expiresAt, claims.exp * 1000)
  pass(31 * minute)
  await assert.rejects(gate.caller(withCookie(id)), { code: 'ISM5103' })
})

test('a token that is revoked ends its session within a minute', async () => {
  const { gate, good, pass } = world()
  const { id } = await gate.signIn(request({}, 'POST'), 'token')
  good.delete('token')
  pass(minute)
  await assert.rejects(gate.caller(withCookie(id)), { code: 'ISM5103' })
  good.set('token', { user: 'ann', groups: [] })
  await assert.rejects(gate.caller(withCookie(id)), { code: 'ISM5103' })
})

test('a change needs the token of its own session', async () => {
  const { gate } = world()
  const one = await gate.signIn(request({}, 'POST'), 'token')
  const other = await gate.signIn(request({}, 'POST'), 'token')
  const cookie = `isthmus-session=${one.id}`
  const change = (csrf: string) => request({ cookie, [csrfHeader]: csrf }, 'PUT')
  assert.equal((await gate.caller(change(one.caller.session!.csrfToken))).user, 'ann')
  await assert.rejects(gate.caller(change(other.caller.session!.csrfToken)), { code: 'ISM5106' })
  await assert.rejects(gate.caller(change('')), { code: 'ISM5106' })
  assert.equal((await gate.caller(request({ authorization: 'Bearer token' }, 'PUT'))).user, 'ann')
})

test('a link is good once, and for five minutes', async () => {
  const { gate, pass } = world()
  const caller = await gate.caller(request({ authorization: 'Bearer token' }))
  const { code } = gate.createLink(caller)
  assert.equal((await gate.signInByLink(request({}, 'POST'), code)).caller.user, 'ann')
  await assert.rejects(gate.signInByLink(request({}, 'POST'), code), { code: 'ISM5110' })
  const late = gate.createLink(caller)
  pass(5 * minute)
  await assert.rejects(gate.signInByLink(request({}, 'POST'), late.code), { code: 'ISM5110' })
})

test('ten failures from an address and it waits; a minute later it may try again', async () => {
  const { gate, pass } = world()
  for (let i = 0; i < 10; i++) await assert.rejects(gate.signIn(request({}, 'POST'), `no-${i}`), { code: 'ISM5104' })
  await assert.rejects(gate.signIn(request({}, 'POST'), 'token'), { code: 'ISM5107' })
  pass(minute)
  assert.equal((await gate.signIn(request({}, 'POST'), 'token')).caller.user, 'ann')
})

test('while the mesh API gives no answer, what it said in the last ten minutes counts', async () => {
  let now = 0
  let away = false
  const mesh = {
    async json() {
      if (away) throw new KubeError('refused', 0, 'ECONNREFUSED', 'POST', 'refused')
      return { status: { authenticated: true, user: { username: 'ann', groups: [] }, allowed: true } }
    },
  }
  const reviews = kubeReviews(mesh as never, { now: () => now, after: () => () => {} })
  const look = { path: '/api/v1/overview', verb: 'get' }
  const ann = (await reviews.userOf('token'))!
  assert.equal(await reviews.allowed(ann, look), true)
  away = true
  now += 9 * minute
  assert.equal((await reviews.userOf('token'))?.user, 'ann')
  assert.equal(await reviews.allowed(ann, look), true)
  await assert.rejects(reviews.allowed(ann, { ...look, verb: 'put' }), { kind: 'refused' })
  now += 2 * minute
  await assert.rejects(reviews.userOf('token'), { kind: 'refused' })
})

test('who guesses locks out nobody else: not another address, not a link, not a token that was good', async () => {
  const { gate, good, known } = world()
  good.set('other', { user: 'bob', groups: [] })
  const caller = await gate.caller(request({ authorization: 'Bearer token' }))
  for (let i = 0; i < 300; i++)
    await assert.rejects(gate.caller(request({ authorization: `Bearer no-${i}` })), {
      code: i < 10 ? 'ISM5104' : 'ISM5107',
    })
  await assert.rejects(gate.signIn(request({}, 'POST'), 'other'), { code: 'ISM5107' })
  known.add('token')
  assert.equal((await gate.signIn(request({}, 'POST'), 'token')).caller.user, 'ann')
  const { code } = gate.createLink(caller)
  assert.equal((await gate.signInByLink(request({}, 'POST'), code)).caller.user, 'ann')
  for (let from = 2; from < 20; from++)
    for (let i = 0; i < 10; i++)
      await gate.signIn(request({}, 'POST', { remoteAddress: `10.0.1.${from}` }), `no-${i}`).catch(() => {})
  const elsewhere = request({}, 'POST', { remoteAddress: '10.0.0.2' })
  assert.equal((await gate.signIn(elsewhere, 'other')).caller.user, 'bob')
})

test('over TLS a cookie that another name of the host could have set is none; signing in ends the session before', async () => {
  const { gate } = world()
  const tls = { encrypted: true }
  const { id } = await gate.signIn(request({}, 'POST', tls), 'token')
  const as = (name: string) => request({ cookie: `${name}=${id}` }, 'GET', tls)
  await assert.rejects(gate.caller(as('isthmus-session')), { code: 'ISM5103' })
  assert.equal((await gate.caller(as('__Host-isthmus-session'))).user, 'ann')
  await gate.signIn(request({ cookie: `__Host-isthmus-session=${id}` }, 'POST', tls), 'token')
  await assert.rejects(gate.caller(as('__Host-isthmus-session')), { code: 'ISM5103' })
})
