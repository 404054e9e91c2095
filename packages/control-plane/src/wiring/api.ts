import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { IsthmusError } from '@isthmus/errors'
import type { YamlReader } from '@isthmus/kubernetes'
import {
  ApiError,
  type ApiParts,
  allHandlers,
  apiHandler,
  consoleDirectory,
  type KeyPair,
  type Listening,
  listen,
} from '../api/index.ts'
import { viewKey } from '../model/index.ts'
import type { Clock, Log } from '../runtime/index.ts'
import type { MeshBuilder } from '../sources/mesh-builder.ts'
import { viewOf } from '../sources/view.ts'
import type { ProxyStatus } from '../xds/index.ts'
import { isLoopback, listenAddress } from './address.ts'
import { watchKeyPair } from './api-certificate.ts'
import { debugRoutes } from './debug.ts'
import type { Delivery } from './delivery.ts'
import type { Metrics } from './metrics.ts'
import type { ServeOptions } from './options.ts'
import { proxyStatistics, type TelemetryPart } from './telemetry/index.ts'

export interface RunningParts {
  readonly builder: MeshBuilder
  readonly delivery: Delivery
  readonly metrics: Metrics
  readonly telemetry: TelemetryPart
  readonly yaml: YamlReader
  readonly clock: Clock
  readonly log: Log
}

/** Those parts of the API that differ with where the mesh comes from. */
export type SourceParts = Pick<
  ApiParts,
  'findings' | 'objects' | 'members' | 'inventory' | 'gate' | 'gatewayAddresses' | 'analyze'
> & {
  readonly source: ApiParts['about']['source']
  /** A certificate of the mesh CA; undefined where there is none. */
  readonly certificate?: {
    readonly current: KeyPair
    /** Hears of each renewed one. */
    onRenewed(listener: (pair: KeyPair) => void): void
  }
}

const version = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version

/** Serves the HTTP API and the console where the options say; nothing where they name no place. The result ends it. */
export async function startApi(
  options: ServeOptions,
  running: RunningParts,
  source: SourceParts,
): Promise<{ close(): Promise<void> }> {
  const { builder, delivery, metrics, telemetry, yaml, clock, log } = running
  const parts: ApiParts = {
    about: { name: options.name, version, source: source.source, lab: options.lab === true },
    mesh: () => builder.mesh,
    proxies: () => delivery.server.proxies(),
    proxyConfig: status => delivery.server.config(status.node.id) ?? {},
    meant: status => meantFor(delivery, builder, status),
    regionOf: status => viewOf(status.node, builder.mesh).locality.region,
    telemetry: telemetry.telemetry,
    ...(source.members && {
      statistics: proxyStatistics({
        now: () => clock.now(),
        mesh: () => builder.mesh,
        proxies: () => delivery.server.proxies().map(status => status.node),
        regionOf: node => viewOf(node, builder.mesh).locality.region,
        client: cluster => source.members?.client(cluster),
      }),
    }),
    note: event => telemetry.telemetry.event(event),
    ...source,
    yaml,
    clock,
    log,
  }
  const handle = apiHandler({
    handlers: allHandlers(parts),
    routes: debugRoutes({ delivery, pushes: metrics.pushes }),
    gate: source.gate,
    waitingFor: () => (delivery.began ? undefined : 'the first full picture of the mesh'),
    metrics: metrics.registry,
    console: consoleDirectory,
    clock,
    log,
  })
  const servers: Listening[] = []
  let stopWatching = () => {}
  if (options.apiAddress) {
    const at = listenAddress(options.apiAddress, '--api-address')
    const files = keyPairFiles(options)
    const watched = files && watchKeyPair(files, clock, log, pair => server.reload(pair))
    if (watched) stopWatching = watched.stop
    const plaintext = options.apiPlaintext === true || (!watched && !source.certificate)
    if (plaintext && !isLoopback(at.host)) throw new IsthmusError('ISM5116', `--api-address ${options.apiAddress}`)
    const tls = plaintext ? undefined : (watched?.current ?? source.certificate?.current)
    const server = await listen({ at, handle, log, ...(tls && { tls }) })
    if (!plaintext && !watched) source.certificate?.onRenewed(pair => server.reload(pair))
    servers.push(server)
    log.info({ api: `${tls ? 'https' : 'http'}://${at.host}:${server.port}` }, 'HTTP API and console')
  }
  if (options.apiSocket) {
    // One that a killed control plane left behind.
    await rm(options.apiSocket, { force: true })
    servers.push(await listen({ at: { socket: options.apiSocket }, handle, log }))
  }
  return {
    async close() {
      stopWatching()
      for (const server of servers) server.close()
    },
  }
}

/** Of the view that the proxy stands in now. */
function meantFor(delivery: Delivery, builder: MeshBuilder, status: ProxyStatus) {
  const key = viewKey(viewOf(status.node, builder.mesh))
  return delivery.engine.views.find(({ view }) => viewKey(view) === key)?.snapshot?.resources
}

function keyPairFiles({ apiTlsCert, apiTlsKey }: ServeOptions) {
  if (apiTlsCert && apiTlsKey) return { cert: apiTlsCert, key: apiTlsKey }
  if (apiTlsCert || apiTlsKey) throw new ApiError(422, 'ISM5004', '--api-tls-cert and --api-tls-key belong together')
  return undefined
}
