import assert from 'node:assert/strict'
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { ClusterRow, Session } from '@isthmus/api'
import { type Key, type Kind, type KubeClient, type KubeObject, kinds, type Secret } from '@isthmus/kubernetes'
import { type MemberApi, memberApi } from './api/member.ts'
import { virtualService } from './api/rule.ts'
import { ApiWorld } from './api/world.ts'
import { freePort } from './support/api-server.ts'
import { serve } from './support/serve.ts'

/*
 * `isthmus serve` with what a pod has and nothing else: the environment of the Service `kubernetes`, and its service account's
 * folder where the kubelet mounts it. Its rights are those of deploy/mesh-api/control-plane.yaml; its token is replaced while
 * it runs, and the one before is good no more.
 */

/** In a mount namespace of its own, the folder that comes first is the service account's. */
const inPod = [
  ...['unshare', '--user', '--map-root-user', '--mount', '--', 'sh', '-c'],
  `at=/var/run/secrets/kubernetes.io/serviceaccount; mount -t tmpfs tmpfs /var/run && mkdir -p $at &&
   mount --bind "$1" $at && shift && exec "$@"`,
  'sh',
]

let world: ApiWorld
let member: MemberApi
let mounted = ''
let logged: readonly string[] = []

before(
  async () => {
    world = await ApiWorld.open(async ({ dir, mesh, meshApi }) => {
      mounted = join(dir, 'serviceaccount')
      project(mounted, { 'ca.crt': meshApi.caPem, namespace: 'istio-system', token: await tokenOf(mesh, 'first') })
      const serving = await serve(
        [
          ...['--xds-address', '127.0.0.1:0', '--advertise', '127.0.0.1', '--api-address', '127.0.0.1:0'],
          ...['--webhook-address', `127.0.0.1:${await freePort()}`, '--state-dir', join(dir, 'state')],
        ],
        {
          under: [...inPod, mounted],
          env: {
            PATH: process.env.PATH,
            HOME: dir,
            KUBERNETES_SERVICE_HOST: '127.0.0.1',
            KUBERNETES_SERVICE_PORT: String(meshApi.port),
          },
        },
      )
      logged = serving.logged
      return { port: Number(new URL(serving.api).port), stop: serving.stop }
    })
    member = await memberApi(world.dir)
  },
  { timeout: 180_000 },
)

after(async () => {
  await world?.close()
  await member?.close()
})

test('a control plane in a pod does all of its work with the rights of control-plane.yaml', async () => {
  const admin = await world.signIn('isthmus-admin')
  const added = await admin.ask('POST', '/api/v1/clusters', { name: 'ack-hangzhou', kubeconfig: member.kubeconfig })
  assert.equal(added.status, 200, JSON.stringify(added.body))
  await world.until(
    () => admin.ask<ClusterRow>('GET', '/api/v1/clusters/ack-hangzhou'),
    ({ body }) => body.ready,
  )
  assert.equal((await admin.ask('GET', '/api/v1/kinds/VirtualService/schema')).status, 200)
  await world.mesh.apply(virtualService('nowhere'))
  await saidOf(kinds.VirtualService, { name: 'reviews', namespace: 'default' })
  const gateway = { name: 'ingressgateway', namespace: 'istio-system' }
  await world.mesh.apply([
    { ...kinds.IstioGateway, metadata: gateway, spec: { ports: [{ name: 'http', port: 80 }] } } as KubeObject,
  ])
  await saidOf(kinds.IstioGateway, gateway)
  await world.mesh.delete(kinds.IstioGateway, gateway)
  assert.equal((await admin.ask('DELETE', '/api/v1/clusters/ack-hangzhou')).status, 200)
  await world.until(
    () => world.mesh.find(kinds.MemberCluster, { name: 'ack-hangzhou' }),
    found => found === undefined,
  )
  assert.deepEqual(
    logged.filter(line => /forbidden/i.test(line)),
    [],
  )
})

test('a token that is replaced on disk is taken at once when the one before is good no more', async () => {
  project(mounted, {
    'ca.crt': world.meshApi.caPem,
    namespace: 'istio-system',
    token: await tokenOf(world.mesh, 'second'),
  })
  await world.mesh.delete(kinds.Secret, { name: 'first', namespace: 'istio-system' })
  // Its own question to the mesh API: whose token is that.
  const signedIn = await world.ask<Session>('POST', '/api/v1/session', {
    body: { token: await world.tokenOf('isthmus-viewer') },
  })
  assert.equal(signedIn.status, 200, JSON.stringify(signedIn.body))
  // What it watches is watched anew after the API was away, with the new one.
  await world.meshApi.pause()
  await world.meshApi.resume()
  await world.mesh.apply(virtualService('nowhere').replace('name: reviews', 'name: later'))
  await saidOf(kinds.VirtualService, { name: 'later', namespace: 'default' })
})

/** The folder as the kubelet keeps it: a link to the files of now, replaced at once. */
function project(folder: string, files: Readonly<Record<string, string>>): void {
  const now = `..${Date.now()}`
  mkdirSync(join(folder, now), { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, now, name), text)
  symlinkSync(now, join(folder, '..data.new'))
  renameSync(join(folder, '..data.new'), join(folder, '..data'))
  for (const name of Object.keys(files))
    try {
      symlinkSync(join('..data', name), join(folder, name))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
}

/** A token of the control plane's account that is good as long as a Secret of that name is there. */
async function tokenOf(mesh: KubeClient, bound: string): Promise<string> {
  const { metadata } = await mesh.create<Secret>({
    ...kinds.Secret,
    metadata: { name: bound, namespace: 'istio-system' },
  })
  const boundObjectRef = { ...kinds.Secret, name: bound, uid: metadata.uid }
  const answer = await mesh.json<{ status: { token: string } }>({
    method: 'POST',
    path: '/api/v1/namespaces/istio-system/serviceaccounts/isthmus/token',
    body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { boundObjectRef } }),
  })
  return answer.status.token
}

/** Waits until the control plane has written on an object what became of it. */
async function saidOf(kind: Kind, key: Key): Promise<void> {
  await world.until(
    () => world.mesh.get<KubeObject & { status?: object }>(kind, key),
    ({ status }) => Object.keys(status ?? {}).length > 0,
  )
}
