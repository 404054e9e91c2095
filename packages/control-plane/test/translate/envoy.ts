import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRegistry, type DescMessage, type MessageShape, toJson } from '@bufbuild/protobuf'
import { ClusterLoadAssignmentSchema } from '@isthmus/envoy-api/envoy/config/endpoint/v3/endpoint'
import { HttpProtocolOptionsSchema } from '@isthmus/envoy-api/envoy/extensions/upstreams/http/v3/http_protocol_options'
import { envoyBinary } from '@isthmus/lab/binaries.ts'
import type { Mesh, ProxyView } from '../../src/model/index.ts'
import { clustersOf, type Translated, translateEndpoints } from '../../src/translate/index.ts'
import { anySchemas } from './any-schemas.ts'

/* The real Envoy, for what only it can say: whether it takes a configuration, and where a request goes. */

const registry = createRegistry(HttpProtocolOptionsSchema, ...anySchemas)

export function json<D extends DescMessage>(schema: D, message: MessageShape<D>): Record<string, unknown> {
  return toJson(schema, message, { registry }) as Record<string, unknown>
}

type Json = Record<string, unknown>

/** The assignments of all EDS clusters of a view. */
export function assignments(view: ProxyView, m: Mesh): readonly Json[] {
  return [...m.services.keys()]
    .flatMap(host => clustersOf(view, m, host))
    .map(name => json(ClusterLoadAssignmentSchema, translateEndpoints(view, m, name).message))
}

/** What is translated, as files that a bootstrap without a control plane points to: EDS and SDS from files instead of ADS. */
export function bootstrapOf(
  dir: string,
  translated: Translated,
  endpoints: readonly Json[],
  change: (listener: Json) => Json = listener => listener,
): string {
  const file = (name: string, resources: readonly unknown[]) => {
    const path = join(dir, name)
    writeFileSync(path, JSON.stringify({ version_info: '1', resources }))
    return path
  }
  const typed = (type: string, list: readonly Json[]) =>
    list.map(r => ({ '@type': `type.googleapis.com/${type}`, ...r }))
  const plain = (list: Translated['clusters']) => list.map(r => json(r.schema, r.message))
  // A file holds one assignment, or one secret: Envoy hands all of a file to each subscriber.
  const eds = new Map(
    endpoints.map((cla, i) => [
      cla.clusterName,
      file(`eds-${i}.json`, typed('envoy.config.endpoint.v3.ClusterLoadAssignment', [cla])),
    ]),
  )
  // Inline, so that `--mode validate` looks at them too.
  const routes = new Map(plain(translated.routes).map(r => [r.name, r]))
  const sds = new Map(
    translated.secrets.map((secret, i) => [
      secret.name,
      file(`sds-${i}.json`, typed('envoy.extensions.transport_sockets.tls.v3.Secret', plain([secret]))),
    ]),
  )
  const fromPath = (path: string) => ({ resourceApiVersion: 'V3', pathConfigSource: { path } })
  const fromFiles = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(fromFiles)
    if (!value || typeof value !== 'object') return value
    const o = value as Json
    if ('sdsConfig' in o) return { ...o, sdsConfig: fromPath(sds.get(String(o.name)) ?? '') }
    if ('serviceName' in o) return { ...o, edsConfig: fromPath(eds.get(o.serviceName) ?? '') }
    return Object.fromEntries(
      Object.entries(o).map(([k, v]) =>
        k === 'rds' ? ['routeConfig', routes.get((v as Json).routeConfigName)] : [k, fromFiles(v)],
      ),
    )
  }
  const path = join(dir, 'bootstrap.json')
  writeFileSync(
    path,
    JSON.stringify({
      node: { id: 'test', cluster: 'test' },
      admin: { address: { socket_address: { address: '127.0.0.1', port_value: 0 } } },
      static_resources: {
        clusters: plain(translated.clusters).map(c => fromFiles(c)),
        listeners: plain(translated.listeners).map(l => fromFiles(change(l))),
      },
    }),
  )
  return path
}

export function scratch(): { readonly dir: string; [Symbol.dispose](): void } {
  const dir = mkdtempSync(join(tmpdir(), 'isthmus-translate-'))
  return { dir, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) }
}

/** Resolves when Envoy takes the configuration; rejects with its own words. */
export function validate(bootstrap: string): Promise<void> {
  const args = ['--mode', 'validate', '--concurrency', '1', '-l', 'error', '-c', bootstrap]
  return new Promise((resolve, reject) => {
    execFile(envoyBinary(), args, (error, _out, err) => (error ? reject(new Error(err.slice(-1500))) : resolve()))
  })
}

export interface RunningEnvoy {
  readonly admin: string
  stats(filter: string): Promise<string>
  stop(): Promise<void>
}

export async function run(dir: string, bootstrap: string): Promise<RunningEnvoy> {
  const adminFile = join(dir, 'admin.txt')
  const args = [
    '-c',
    bootstrap,
    '--concurrency',
    '1',
    '--use-dynamic-base-id',
    '-l',
    'error',
    '--admin-address-path',
    adminFile,
  ]
  const child: ChildProcess = spawn(envoyBinary(), args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let words = ''
  child.stderr?.on('data', chunk => {
    words += chunk
  })
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const stop = async () => {
    child.kill('SIGKILL')
    await ended
  }
  for (let i = 0; i < 200; i++) {
    if (child.exitCode !== null) throw new Error(`Envoy ended: ${words}`)
    if (existsSync(adminFile)) {
      const admin = readFileSync(adminFile, 'utf8').trim()
      const ready = admin ? await fetch(`http://${admin}/ready`).catch(() => undefined) : undefined
      if (ready?.ok) {
        const stats = async (filter: string) => (await fetch(`http://${admin}/stats?filter=${filter}`)).text()
        return { admin, stats, stop }
      }
    }
    await sleep(50)
  }
  await stop()
  throw new Error(`Envoy did not get ready: ${words}`)
}
