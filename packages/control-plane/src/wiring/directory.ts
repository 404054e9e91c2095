import { randomBytes } from 'node:crypto'
import { IsthmusError } from '@isthmus/errors'
import { type Log, systemClock } from '../runtime/index.ts'
import { directorySource } from '../sources/directory-source.ts'
import { MeshBuilder } from '../sources/mesh-builder.ts'
import type { XdsEvent } from '../xds/index.ts'
import { isLoopback, listenAddress } from './address.ts'
import { Delivery } from './delivery.ts'
import { meshFindings } from './mesh-findings.ts'
import { Metrics } from './metrics.ts'
import { meshConfigOf, type ServeOptions } from './options.ts'
import { Relief } from './relief.ts'
import { TelemetryPart, telemetryMetrics } from './telemetry/index.ts'

/** The control plane fed by a directory of YAML files: no Kubernetes anywhere. Resolves when it serves; the result stops it. */
export async function serveDirectory(
  options: ServeOptions & { readonly config: string },
  log: Log,
): Promise<() => Promise<void>> {
  const address = listenAddress(options.xdsAddress, '--xds-address')
  if (!options.plaintext) throw new IsthmusError('ISM5002', '--config')
  if (!isLoopback(address.host)) throw new IsthmusError('ISM5003', `--xds-address ${options.xdsAddress}`)

  const metrics = new Metrics()
  const { pushes } = metrics
  const builder = new MeshBuilder({ config: meshConfigOf(options), onHeard: msAgo => pushes.heard(msAgo) })
  const onEvent = (event: XdsEvent) => {
    metrics.event(event)
    telemetry.xds(event)
    if (event.kind === 'connected') relief.came()
    if (event.kind === 'disconnected') relief.soon()
  }
  const onForgotten = () => relief.soon()
  const delivery: Delivery = new Delivery({ builder, clock: systemClock, log, pushes, onEvent, onForgotten })
  const relief = new Relief({ clock: systemClock, busy: () => delivery.engine.views.some(view => view.proxies > 0) })
  const telemetry = new TelemetryPart({ builder, clock: systemClock, log })
  telemetry.register(delivery.server)
  telemetryMetrics(metrics.registry, telemetry, () => builder.mesh)
  const onRead = () => relief.soon()
  const source = await directorySource({ directory: options.config, builder, clock: systemClock, log, onRead })
  metrics.watch({
    server: delivery.server,
    engine: delivery.engine,
    mesh: () => builder.mesh,
    sources: () => [{ name: 'directory', lastSync: source.lastRead, stale: source.problems.length > 0 }],
  })
  builder.flush()
  delivery.begin()
  await telemetry.begin()
  await delivery.rehearse('uid')
  relief.soon()
  const port = await delivery.server.listen(address.port, address.host)
  const { services, virtualServices, destinationRules } = builder.mesh
  const counts = {
    services: services.size,
    virtualServices: virtualServices.length,
    destinationRules: destinationRules.length,
  }
  log.info({ ...counts, xds: `${address.host}:${port}` }, 'serving')

  const api = options.apiAddress || options.apiSocket ? await serveApi() : undefined
  return async () => {
    source.stop()
    relief.stop()
    await telemetry.stop()
    await api?.close()
    await delivery.server.close()
  }

  // Loaded only where somebody listens.
  async function serveApi() {
    const [{ startApi }, { directoryStore, loopbackGate }, { YamlReader }] = await Promise.all([
      import('./api.ts'),
      import('../api/index.ts'),
      import('@isthmus/kubernetes'),
    ])
    const running = { builder, delivery, metrics, telemetry, yaml: new YamlReader(), clock: systemClock, log }
    return startApi(options, running, {
      source: 'directory',
      findings: () => [...builder.findings, ...delivery.engine.findings, ...meshFindings(builder.mesh)],
      analyze: meshFindings,
      objects: directoryStore({ objects: kind => builder.objects('', kind) }, options.config),
      gatewayAddresses: () => new Map(),
      gate: loopbackGate(randomBytes(32).toString('base64url')),
    })
  }
}
