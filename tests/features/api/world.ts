import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Session } from '@isthmus/api'
import { serveMesh } from '@isthmus/control-plane/wiring/mesh.ts'
import type { KubeClient } from '@isthmus/kubernetes'
import type { ApiServer } from '@isthmus/lab/cluster/apiserver.ts'
import { cacheDirectory } from '@isthmus/lab/sandbox/paths.ts'
import { apiServer, clientOf, freePort } from '../support/api-server.ts'

const deploy = new URL('../../../deploy/', import.meta.url).pathname

export interface Answer<T> {
  readonly status: number
  readonly body: T
  readonly setCookie: string
}

export interface Asked {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** One that serves, and the port of its HTTP API. */
export interface ControlPlane {
  readonly port: number
  stop(): Promise<void>
}

/** A control plane in front of a real mesh API that holds all of deploy/, and people who ask its HTTP API. */
export class ApiWorld {
  readonly dir: string
  readonly meshApi: ApiServer
  readonly mesh: KubeClient
  /** What the control plane logged, the oldest first. */
  readonly logged: string[] = []
  #controlPlane: ControlPlane = { port: 0, stop: async () => {} }

  private constructor(dir: string, meshApi: ApiServer) {
    this.dir = dir
    this.meshApi = meshApi
    this.mesh = clientOf(meshApi)
  }

  static async open(start: (world: ApiWorld) => Promise<ControlPlane> = inThisProcess): Promise<ApiWorld> {
    const dir = mkdtempSync(join(tmpdir(), 'isthmus-feature-api-'))
    const meshApi = await apiServer('mesh', dir)
    const world = new ApiWorld(dir, meshApi)
    try {
      await meshApi.ready()
      await applyDeploy(world.mesh)
      world.#controlPlane = await start(world)
      return world
    } catch (error) {
      await world.close()
      throw error
    }
  }

  async close(): Promise<void> {
    await this.#controlPlane.stop()
    await this.mesh.close()
    await this.meshApi.stop()
    rmSync(this.dir, { recursive: true, force: true })
  }

  /** Of its HTTP API. */
  get port(): number {
    return this.#controlPlane.port
  }

  ask<T>(method: string, path: string, { body, headers }: Asked = {}): Promise<Answer<T>> {
    const options = { host: '127.0.0.1', port: this.port, path, method, headers, rejectUnauthorized: false }
    return new Promise((resolve, reject) => {
      const sent = request(options, response => {
        let text = ''
        // A stream never ends; its head says enough.
        if (response.headers['content-type'] === 'text/event-stream') {
          sent.destroy()
          resolve({ status: response.statusCode ?? 0, body: {} as T, setCookie: '' })
        }
        response.setEncoding('utf8')
        response.on('data', chunk => (text += chunk))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body: JSON.parse(text) as T,
            setCookie: response.headers['set-cookie']?.[0] ?? '',
          }),
        )
      })
      sent.on('error', reject)
      sent.end(body === undefined ? undefined : JSON.stringify(body))
    })
  }

  /** A token of an account of istio-system. */
  async tokenOf(account: string): Promise<string> {
    const answer = await this.mesh.json<{ status: { token: string } }>({
      method: 'POST',
      path: `/api/v1/namespaces/istio-system/serviceaccounts/${account}/token`,
      body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }),
    })
    return answer.status.token
  }

  async signIn(account: string) {
    const { status, body, setCookie } = await this.ask<Session>('POST', '/api/v1/session', {
      body: { token: await this.tokenOf(account) },
    })
    assert.equal(status, 200, JSON.stringify(body))
    const cookie = setCookie.split(';')[0] ?? ''
    const headers = { cookie, 'x-isthmus-csrf': body.csrfToken }
    return {
      session: body,
      cookie,
      setCookie,
      ask: <T>(method: string, path: string, sent?: unknown) => this.ask<T>(method, path, { body: sent, headers }),
    }
  }

  async until<T>(task: () => Promise<T>, good: (value: T) => boolean): Promise<T> {
    const end = Date.now() + 60_000
    for (;;) {
      const value = await task()
      if (good(value)) return value
      const log = this.logged.slice(-10).join('\n')
      if (Date.now() > end) assert.fail(`it stays as it is: ${JSON.stringify(value)}\n${log}`)
      await new Promise(resolve => setTimeout(resolve, 200))
    }
  }
}

/** A control plane of this process, as the mesh API's administrator. */
async function inThisProcess(world: ApiWorld): Promise<ControlPlane> {
  const kubeconfig = join(world.dir, 'mesh.kubeconfig')
  writeFileSync(kubeconfig, world.meshApi.adminKubeconfig(world.meshApi.url), { mode: 0o600 })
  let port = 0
  const said = (fields: object, message: string) => {
    world.logged.push(`${message} ${JSON.stringify(fields)}`)
    if ('api' in fields) port = Number(new URL(String(fields.api)).port)
  }
  const stop = await serveMesh(
    {
      kubeconfig,
      xdsAddress: '127.0.0.1:0',
      webhookAddress: `127.0.0.1:${await freePort()}`,
      apiAddress: '127.0.0.1:0',
      advertise: '127.0.0.1',
      stateDir: join(world.dir, 'state'),
      name: 'mesh',
      redirect: 'uid',
      logLevel: 'info',
    },
    { debug() {}, info: said, warn: said, error: said },
  )
  return { port, stop }
}

/** Istio's CRDs and all that deploy/ has for a mesh API. */
async function applyDeploy(mesh: KubeClient): Promise<void> {
  const inFolder = (folder: string) => readdirSync(join(deploy, folder)).map(file => join(deploy, folder, file))
  for (const file of [join(cacheDirectory(), 'crds/istio.yaml'), ...inFolder('crds')])
    await mesh.apply(readFileSync(file, 'utf8'))
  const held = inFolder('mesh-api').map(file => readFileSync(file, 'utf8'))
  await mesh.apply(held.join('\n---\n'))
}
