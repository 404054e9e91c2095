import assert from 'node:assert/strict'
import { Agent, get } from 'node:https'
import { after, before, test } from 'node:test'
import { pathOf } from '../../../packages/control-plane/test/api/door.ts'
import { ApiWorld } from './world.ts'

/* Streams of a control plane with a real mesh API: how many one person may hold, and how long. */

let world: ApiWorld
const agent = new Agent({ rejectUnauthorized: false, maxSockets: 1000 })

before(
  async () => {
    world = await ApiWorld.open()
  },
  { timeout: 180_000 },
)

after(async () => {
  agent.destroy()
  await world?.close()
})

test('who opens all the streams they can leaves the others theirs', async () => {
  const viewer = await world.tokenOf('isthmus-viewer')
  const held = await Promise.all(Array.from({ length: 100 }, () => open(viewer)))
  assert.deepEqual([...new Set(held.map(h => h.status))], [200])
  const refused = await open(viewer)
  assert.equal(refused.status, 429)
  assert.match(refused.said(), /ISM5118.*100 of system:serviceaccount:istio-system:isthmus-viewer are open/)
  // A new token is no new person.
  assert.equal((await open(await world.tokenOf('isthmus-viewer'))).status, 429)
  const other = await open(await world.tokenOf('isthmus-operator'))
  assert.equal(other.status, 200)
  for (const { close } of [...held.slice(1), other]) close()
  await world.until(
    () => open(viewer),
    again => again.status === 200,
  )
})

test('a stream ends for whom RBAC lets look no more, and says why', async () => {
  const stream = await open(await world.tokenOf('isthmus-admin'))
  await world.until(
    async () => stream.said(),
    said => /event: overview/.test(said),
  )
  const binding = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding' }
  await world.mesh.delete(binding, { name: 'isthmus-admin' })
  const said = await world.until(
    async () => stream.said(),
    text => /event: problem/.test(text),
  )
  assert.match(said, /event: problem\ndata: .*ISM5105/)
})

interface Open {
  readonly status: number
  /** All that came until now. */
  said(): string
  close(): void
}

function open(token: string): Promise<Open> {
  const path = pathOf('stream', {}, { topics: 'overview' })
  const headers = { authorization: `Bearer ${token}` }
  return new Promise((resolve, reject) => {
    const sent = get({ host: '127.0.0.1', port: world.port, path, headers, agent }, response => {
      let text = ''
      const opened = { status: response.statusCode ?? 0, said: () => text, close: () => sent.destroy() }
      response.on('data', chunk => (text += chunk))
      response.on('error', () => {})
      if (opened.status === 200) resolve(opened)
      else response.on('end', () => resolve(opened))
    })
    sent.on('error', reject)
  })
}
