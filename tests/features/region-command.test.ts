import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type AnyObject, isKubeError, KubeClient, kinds, parseKubeconfig } from '@isthmus/kubernetes'
import type { ApiServer } from '@isthmus/lab/cluster/apiserver.ts'
import { apiServer } from './support/api-server.ts'
import { isthmus, type Ran } from './support/command.ts'

/* `isthmus region` against a real API server with our CRD: what a person types, and what the mesh API then holds. */

const root = new URL('../../', import.meta.url).pathname
const dir = mkdtempSync(join(tmpdir(), 'isthmus-region-'))
const kubeconfig = join(dir, 'kubeconfig')
let api: ApiServer
let client: KubeClient

before(
  async () => {
    api = await apiServer('mesh', dir)
    await api.ready()
    const text = api.adminKubeconfig(api.url)
    const config = parseKubeconfig(text)
    // The command's default context is `mesh`.
    writeFileSync(kubeconfig, text.replaceAll(config.currentContext, 'mesh'))
    client = new KubeClient(parseKubeconfig(readFileSync(kubeconfig, 'utf8')).access('mesh'))
    await client.apply(readFileSync(join(root, 'deploy/crds/mesh.isthmus.dev_regionaltrafficpolicies.yaml'), 'utf8'))
    await client.apply('{apiVersion: v1, kind: Namespace, metadata: {name: istio-system}}')
    await client.apply(readFileSync(join(root, 'deploy/mesh-api/cli-access.yaml'), 'utf8'))
  },
  { timeout: 180_000 },
)

after(async () => {
  await client?.close()
  await api?.stop()
  rmSync(dir, { recursive: true, force: true })
})

test('failover both ways, then a second look', async () => {
  const set = await region('failover', 'set', 'cn-hangzhou', 'cn-shanghai', '--unanswered-after', '2s')
  assert.equal(set.code, 0, set.err)
  assert.match(set.out, /istio-system\/mesh-wide: failover from cn-hangzhou: cn-shanghai, then every other/)
  await region('failover', 'set', 'cn-shanghai', 'cn-hangzhou', '--only', '--threshold', '50')
  const object = await meshWide()
  assert.deepEqual(object?.spec, {
    failover: {
      enabled: true,
      rules: [
        { from: 'cn-hangzhou', to: ['cn-shanghai'], only: false },
        { from: 'cn-shanghai', to: ['cn-hangzhou'], only: true, thresholdPercent: 50 },
      ],
    },
    unansweredAfter: '2s',
  })
  const show = await region('show')
  assert.match(show.out, /cn-shanghai +cn-hangzhou only below 50%/)
  assert.match(show.out, /2s/)
})

test('off with the one, on with the other, and both at once: one edit each', async () => {
  assert.equal((await region('failover', 'unset')).code, 0)
  assert.equal((await region('distribution', 'set', 'cn-hangzhou', 'cn-shanghai=10')).code, 0)
  const object = await meshWide()
  assert.equal(object?.spec.failover, undefined)
  assert.deepEqual(object?.spec.distribution, {
    enabled: true,
    at: 'entry',
    rules: [{ from: 'cn-hangzhou', to: { 'cn-shanghai': 10 } }],
  })
  await region('failover', 'set', 'cn-hangzhou', 'cn-shanghai')
  const show = await region('show')
  assert.match(show.out, /cn-hangzhou +cn-shanghai, then every other +90% stays, 10% cn-shanghai/)
})

test('one service has a policy of its own', async () => {
  const set = await region('distribution', 'set', 'cn-hangzhou', 'cn-shanghai=25', '--service', 'reviews', '-o', 'json')
  assert.deepEqual(JSON.parse(set.out).spec.services, ['reviews.default.svc.cluster.local'])
  assert.match((await region('show')).out, /default\/reviews +reviews\.default\.svc\.cluster\.local/)
  const gone = await region('distribution', 'unset', 'cn-hangzhou', '--service', 'reviews')
  assert.match(gone.out, /deleted/)
  assert.equal(await client.find(kinds.RegionalTrafficPolicy, { name: 'reviews', namespace: 'default' }), undefined)
})

test('what is wrong is said before anything is written', async () => {
  for (const [args, words] of [
    [['distribution', 'set', 'cn-hangzhou', 'cn-shanghai=110'], /add up to 110%/],
    [['distribution', 'set', 'cn-hangzhou', 'cn-shanghai'], /REGION=PERCENT/],
    [['failover', 'set', 'cn-hangzhou', 'cn-hangzhou'], /cannot take over from itself/],
    [['failover', 'set', 'cn-hangzhou', 'cn-shanghai', '--threshold', '0'], /1 to 100/],
    [['failover', 'set', 'cn-hangzhou', 'cn-shanghai', '--unanswered-after', 'soon'], /unansweredAfter/],
    [['failover', 'unset', 'cn-beijing'], /no failover from cn-beijing/],
    [['show', '--context', 'nowhere'], /no context "nowhere"/],
    [['explain', 'reviews'], /--from/],
  ] as const) {
    const before = (await meshWide())?.metadata.resourceVersion
    const run = await region(...args)
    assert.equal(run.code, 1, args.join(' '))
    assert.match(run.err, words, args.join(' '))
    assert.equal((await meshWide())?.metadata.resourceVersion, before)
  }
})

test('the API itself refuses what cannot be', async () => {
  const refused = async (spec: object, words: RegExp) => {
    const metadata = { name: 'wrong', namespace: 'default' }
    const object = { ...kinds.RegionalTrafficPolicy, metadata, spec }
    await assert.rejects(client.create(object), error => isKubeError(error, 'invalid') && words.test(error.message))
  }
  const failover = (...rules: object[]) => ({ failover: { rules } })
  const distribution = (to: object) => ({ distribution: { rules: [{ from: 'a', to }] } })
  await refused(failover({ from: 'a', to: ['a'] }), /take over from itself/)
  await refused(failover({ from: 'a', to: ['b'] }, { from: 'a', to: ['c'] }), /Duplicate value/)
  await refused(distribution({ b: 60, c: 50 }), /more than 100 percent/)
  await refused(distribution({ a: 50, b: 10 }), /must add up to 100 percent/)
  await refused(distribution({ b: 10.5 }), /integer/)
  await refused({ ...failover({ from: 'a', to: ['b'] }), unansweredAfter: '0s' }, /at least 1ms/)
  await refused({ distribution: { at: 'sometimes' } }, /everyHop/)
})

test('explain asks the control plane, with a token of the mesh API', async () => {
  const asked: { url?: string; authorization?: string }[] = []
  const server = createServer((request, response) => {
    asked.push({ url: request.url, authorization: request.headers.authorization })
    response.end(
      JSON.stringify({
        service: 'reviews.default.svc.cluster.local',
        from: 'cn-hangzhou',
        role: 'sidecar',
        mode: 'failover',
        summary: '100% cn-hangzhou: kept local',
        regions: [],
        destinations: [],
        reasons: ['failover from cn-hangzhou'],
        changes: ['without any of 1 healthy endpoint of cn-hangzhou: 100% cn-shanghai'],
        findings: [],
      }),
    )
  }).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const run = await region('explain', 'reviews', '--from', 'cn-hangzhou', { ISTHMUS_API: url })
  server.close()
  assert.equal(run.code, 0, run.err)
  assert.match(run.out, /kept local[\s\S]*What would change it/)
  assert.equal(asked[0]?.url, '/api/v1/explain?service=reviews.default.svc.cluster.local&from=cn-hangzhou&role=sidecar')
  assert.match(asked[0]?.authorization ?? '', /^Bearer ey/)
  const away = await region('explain', 'reviews', '--from', 'cn-hangzhou', { ISTHMUS_API: url })
  assert.match(away.err, /ISM2121/)
  const unset = await region('explain', 'reviews', '--from', 'cn-hangzhou')
  assert.match(unset.err, /ISM2120/)
})

function meshWide() {
  return client.find<AnyObject>(kinds.RegionalTrafficPolicy, { name: 'mesh-wide', namespace: 'istio-system' })
}

type Env = Record<string, string>

/** Runs `isthmus region …`; an object at the end is environment. */
function region(...args: (string | Env)[]): Promise<Ran> {
  const last = args.at(-1)
  const env = typeof last === 'object' ? last : {}
  return isthmus(['region', ...args.filter(a => typeof a === 'string')], { KUBECONFIG: kubeconfig, ...env })
}
