import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Problem, Session } from '@isthmus/api'
import { virtualService } from './rule.ts'
import { ApiWorld } from './world.ts'

/* Signing in at the HTTP API with tokens of a real mesh API: tokens, cookies, links. */

let world: ApiWorld

before(
  async () => {
    world = await ApiWorld.open()
  },
  { timeout: 180_000 },
)

after(() => world?.close())

test('without a token, or with a wrong one, there is nothing to see', async () => {
  const nobody = await world.ask<Problem>('GET', '/api/v1/overview')
  assert.deepEqual([nobody.status, nobody.body.code], [401, 'ISM5103'])
  const wrong = await world.ask<Problem>('POST', '/api/v1/session', { body: { token: 'no-such-token' } })
  assert.deepEqual([wrong.status, wrong.body.code], [401, 'ISM5104'])
})

test('the cookie is HttpOnly, SameSite and Secure; a change needs the CSRF token and the own origin', async () => {
  const admin = await world.signIn('isthmus-admin')
  assert.match(
    admin.setCookie,
    /^__Host-isthmus-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+; Secure$/,
  )
  const path = '/api/v1/objects/VirtualService?dryRun=true'
  const body = { yaml: virtualService('reviews') }
  const without = await world.ask<Problem>('POST', path, { body, headers: { cookie: admin.cookie } })
  assert.deepEqual([without.status, without.body.code], [403, 'ISM5106'])
  const headers = { cookie: admin.cookie, 'x-isthmus-csrf': admin.session.csrfToken }
  const elsewhere = await world.ask<Problem>('POST', path, {
    body,
    headers: { ...headers, origin: 'https://evil.example' },
  })
  assert.equal(elsewhere.body.code, 'ISM5106')
  const crossSite = await world.ask<Problem>('POST', path, {
    body,
    headers: { ...headers, 'sec-fetch-site': 'cross-site' },
  })
  assert.equal(crossSite.body.code, 'ISM5106')
  assert.equal(
    (await world.ask('POST', path, { body, headers: { ...headers, 'sec-fetch-site': 'same-origin' } })).status,
    200,
  )
})

test('a sign-in link works once, and a session cannot make one', async () => {
  const token = await world.tokenOf('isthmus-admin')
  const link = await world.ask<{ path: string }>('POST', '/api/v1/sign-in-links', {
    headers: { authorization: `Bearer ${token}` },
  })
  const code = link.body.path.replace('/sign-in#', '')
  const first = await world.ask<Session>('POST', '/api/v1/session/link', { body: { code } })
  assert.match(first.body.user, /isthmus-admin$/)
  const second = await world.ask<Problem>('POST', '/api/v1/session/link', { body: { code } })
  assert.deepEqual([second.status, second.body.code], [401, 'ISM5110'])
  const admin = await world.signIn('isthmus-admin')
  assert.equal((await admin.ask<Problem>('POST', '/api/v1/sign-in-links')).status, 403)
  assert.equal((await admin.ask('DELETE', '/api/v1/session')).status, 200)
  assert.equal((await admin.ask<Problem>('GET', '/api/v1/session')).status, 401)
})

test('who guesses tokens is made to wait', async () => {
  const answers: number[] = []
  for (let i = 0; i < 12; i++) {
    const { status } = await world.ask('POST', '/api/v1/session', { body: { token: `guess-${i}` } })
    answers.push(status)
  }
  assert.equal(answers[0], 401)
  assert.equal(answers.at(-1), 429)
})
