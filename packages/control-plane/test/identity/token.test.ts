import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { checkPeer, type TokenAuthority, TokenVerifier } from '@isthmus/control-plane/identity/index.ts'
import { type Clock, silentLog } from '@isthmus/control-plane/runtime/index.ts'
import { exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from 'jose'

const start = Date.parse('2026-01-01T00:00:00Z')

function world(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'isthmus-keys-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  let now = start
  const clock: Clock = { now: () => now, after: () => () => {} }
  return {
    advance: (ms: number) => {
      now += ms
    },
    verifier: () => new TokenVerifier({ folder, clock, log: silentLog }),
  }
}

/** A cluster's token issuer: keys that can be replaced, an API that can go away. */
async function issuer() {
  let generation = 0
  let pair = await generateKeyPair('RS256', { extractable: true })
  let away = false
  let fetched = 0
  const jwks = async (): Promise<JSONWebKeySet> => ({
    keys: [{ ...(await exportJWK(pair.publicKey)), kid: `k${generation}`, alg: 'RS256', use: 'sig' }],
  })
  const authority: TokenAuthority = {
    async keys() {
      fetched++
      if (away) throw new Error('connect ECONNREFUSED')
      return jwks()
    },
    async review() {
      if (away) throw new Error('connect ECONNREFUSED')
      return undefined
    },
  }
  return {
    authority,
    fetched: () => fetched,
    goAway: (value: boolean) => {
      away = value
    },
    async rotate() {
      generation++
      pair = await generateKeyPair('RS256', { extractable: true })
    },
    token: (o: { audience?: string; issuedAt?: number; pod?: string } = {}) => {
      const at = (o.issuedAt ?? start) / 1000
      return new SignJWT({
        'kubernetes.io': {
          namespace: 'default',
          pod: { name: o.pod ?? 'reviews-v1-1' },
          serviceaccount: { name: 'bookinfo-reviews' },
        },
      })
        .setProtectedHeader({ alg: 'RS256', kid: `k${generation}` })
        .setSubject('system:serviceaccount:default:bookinfo-reviews')
        .setAudience(o.audience ?? 'istio-ca')
        .setIssuedAt(at)
        .setExpirationTime(at + 3600)
        .sign(pair.privateKey)
    },
  }
}

const refused =
  (pattern: RegExp, code = 'ISM3102') =>
  (error: Error & { code?: string }) => {
    assert.equal(error.code, code)
    assert.match(error.message, pattern)
    return true
  }

test('a pod is who its token says', async t => {
  const { verifier } = world(t)
  const hangzhou = await issuer()
  const v = verifier()
  v.addCluster('ack-hangzhou', hangzhou.authority)
  assert.deepEqual(await v.verifyToken(await hangzhou.token(), 'ack-hangzhou'), {
    cluster: 'ack-hangzhou',
    namespace: 'default',
    pod: 'reviews-v1-1',
    serviceAccount: 'bookinfo-reviews',
  })
})

test("a token of another audience, an expired one, another cluster's and none are refused, and it says why", async t => {
  const { verifier } = world(t)
  const hangzhou = await issuer()
  const shanghai = await issuer()
  const v = verifier()
  v.addCluster('ack-hangzhou', hangzhou.authority)
  v.addCluster('ack-shanghai', shanghai.authority)
  const check = async (token: string) => v.verifyToken(token, 'ack-hangzhou')
  await assert.rejects(check(await hangzhou.token({ audience: 'api' })), refused(/"aud"/))
  await assert.rejects(check(await hangzhou.token({ issuedAt: start - 2 * 3600_000 })), refused(/exp/))
  await assert.rejects(check(await shanghai.token()), refused(/signature verification failed/))
  await assert.rejects(check(''), refused(/ack-hangzhou/, 'ISM3101'))
  await assert.rejects(v.verifyToken(await hangzhou.token(), 'ack-beijing'), refused(/no member cluster "ack-beijing"/))
})

test("proxies are recognised while their cluster's API is away, also by a control plane that started meanwhile", async t => {
  const { verifier } = world(t)
  const hangzhou = await issuer()
  const first = verifier()
  first.addCluster('ack-hangzhou', hangzhou.authority)
  await first.verifyToken(await hangzhou.token(), 'ack-hangzhou')
  hangzhou.goAway(true)
  const second = verifier()
  second.addCluster('ack-hangzhou', hangzhou.authority)
  assert.equal((await second.verifyToken(await hangzhou.token({ pod: 'late' }), 'ack-hangzhou')).pod, 'late')
})

test('with keys nobody has ever seen and no API the answer is "unknown", not "refused"', async t => {
  const { verifier } = world(t)
  const hangzhou = await issuer()
  hangzhou.goAway(true)
  const v = verifier()
  v.addCluster('ack-hangzhou')
  await assert.rejects(v.verifyToken(await hangzhou.token(), 'ack-hangzhou'), refused(/not been reached/, 'ISM3104'))
  v.addCluster('ack-hangzhou', hangzhou.authority)
  await assert.rejects(v.verifyToken(await hangzhou.token(), 'ack-hangzhou'), refused(/ECONNREFUSED/, 'ISM3104'))
})

test('new keys of a cluster are fetched when a token asks for them, and forged tokens do not make it ask all the time', async t => {
  const { verifier, advance } = world(t)
  const hangzhou = await issuer()
  const v = verifier()
  v.addCluster('ack-hangzhou', hangzhou.authority)
  await v.verifyToken(await hangzhou.token(), 'ack-hangzhou')
  await hangzhou.rotate()
  advance(60_000)
  assert.equal((await v.verifyToken(await hangzhou.token(), 'ack-hangzhou')).namespace, 'default')
  const forger = await issuer()
  await forger.rotate()
  await forger.rotate()
  const before = hangzhou.fetched()
  for (let i = 0; i < 20; i++) await assert.rejects(v.verifyToken(await forger.token(), 'ack-hangzhou'))
  assert.ok(hangzhou.fetched() - before <= 1)
})

test('a proxy may only be the pod of its token', () => {
  const identity = { cluster: 'ack-hangzhou', namespace: 'default', pod: 'reviews-v1-1', serviceAccount: 'reviews' }
  checkPeer(identity, identity)
  checkPeer(identity, { ...identity, serviceAccount: '' })
  for (const change of [{ cluster: 'x' }, { namespace: 'x' }, { pod: 'x' }, { serviceAccount: 'x' }])
    assert.throws(() => checkPeer(identity, { ...identity, ...change }), refused(/says .* "x"/, 'ISM3103'))
})
