import { IsthmusError } from '@isthmus/errors'
import { type ClusterAccess, inClusterAccess, KubeClient, loadKubeconfig, YamlReader } from '@isthmus/kubernetes'
import { controlPlaneName } from '../bootstrap/index.ts'
import { GatewayController } from '../gateways/index.ts'
import { checkPeer, type ServerCertificate, TokenVerifier } from '../identity/index.ts'
import { defaultImages, startWebhook } from '../injection/index.ts'
import { kubernetesInventory } from '../members/index.ts'
import type { Finding } from '../model/index.ts'
import { type Log, systemClock, systemRandom } from '../runtime/index.ts'
import { MeshBuilder, type MeshConfigSource, meshConfigSource } from '../sources/index.ts'
import { listenAddress } from './address.ts'
import { meshAuthority } from './authority.ts'
import { Delivery } from './delivery.ts'
import { Members } from './members.ts'
import { meshFindings } from './mesh-findings.ts'
import { Metrics } from './metrics.ts'
import { meshConfigOf, type ServeOptions } from './options.ts'
import { patiently } from './patiently.ts'
import { Relief } from './relief.ts'
import { Reporting } from './reporting.ts'
import { ServersCertificate } from './servers-certificate.ts'
import { authorOf, TelemetryPart, telemetryMetrics } from './telemetry/index.ts'

/** Milliseconds after which a proxy must show its token again: projected tokens live an hour, and rotate before. */
const maxStreamAgeMs = 30 * 60_000

/** The control plane of a mesh with a Kubernetes API of its own. Resolves when it serves; the result stops it. */
export async function serveMesh(options: ServeOptions, log: Log): Promise<() => Promise<void>> {
  const { advertise, stateDir } = options
  if (!advertise) throw new IsthmusError('ISM5004', '--advertise HOST')
  if (!stateDir) throw new IsthmusError('ISM5004', '--state-dir DIR')
  if (options.redirect !== 'uid' && options.redirect !== 'mark')
    throw new IsthmusError('ISM5004', `--redirect ${options.redirect}: it is uid or mark`)
  const redirect = options.redirect
  const xds = listenAddress(options.xdsAddress, '--xds-address')
  const webhookAt = listenAddress(options.webhookAddress ?? '0.0.0.0:15017', '--webhook-address')
  const clock = systemClock
  const random = systemRandom
  const clientOf = (file: string | undefined, context: string | undefined) =>
    new KubeClient(accessOf(file, context), { clock })

  const mesh = clientOf(options.kubeconfig, options.context)
  const yaml = new YamlReader(clock)
  const authority = await patiently('the mesh API', clock, log, () => meshAuthority(mesh, clock.now()))
  const names = [advertise, controlPlaneName, `${controlPlaneName}.cluster.local`]
  const certificate = await ServersCertificate.issue(authority, names, clock, log)

  const metrics = new Metrics(clock)
  const { pushes } = metrics
  const builder = new MeshBuilder({ config: meshConfigOf(options), onHeard: msAgo => pushes.heard(msAgo) })
  const verifier = new TokenVerifier({ folder: `${stateDir}/token-keys`, clock, log })
  const delivery: Delivery = new Delivery({
    ...{ builder, clock, log, maxStreamAgeMs, pushes },
    tls: { key: certificate.current.privateKey, cert: certificate.current.certificate },
    authenticate: async (headers, node) => {
      const token = /^Bearer (.+)$/.exec(String(headers.authorization ?? ''))?.[1] ?? ''
      checkPeer(await verifier.verifyToken(token, node.cluster), node)
    },
    onFindings: () => reporting.wake(),
    onEvent: event => {
      metrics.event(event)
      telemetry.xds(event)
      if (event.kind === 'connected') relief.came()
      if (event.kind === 'disconnected') relief.soon()
      if (event.kind !== 'connected') reporting.wake()
    },
    onForgotten: () => relief.soon(),
  })
  let config: MeshConfigSource | undefined
  metrics.watch({
    server: delivery.server,
    engine: delivery.engine,
    mesh: () => builder.mesh,
    sources: () => (config ? [{ name: 'mesh', lastSync: config.status.lastContact, stale: config.status.stale }] : []),
  })
  const telemetry = new TelemetryPart({
    ...{ builder, clock, log, maxStreamAgeMs },
    stateFile: `${stateDir}/telemetry.json`,
    author: origin => authorOf(mesh, origin),
    members: () => members.all,
  })
  telemetry.register(delivery.server)
  telemetryMetrics(metrics.registry, telemetry, () => builder.mesh)
  let gatewayFindings: readonly Finding[] = []
  const reporting = new Reporting({
    builder,
    delivery,
    client: mesh,
    clock,
    log,
    more: () => ({ findings: gatewayFindings, objects: gateways.origins }),
  })
  builder.subscribe(() => reporting.wake())
  const relief = new Relief({ clock, busy: () => delivery.engine.views.some(view => view.proxies > 0) })
  builder.subscribe(() => relief.soon())

  const gateways = new GatewayController({
    ...{ mesh, clock, log },
    onFindings: findings => {
      gatewayFindings = findings
      reporting.wake()
    },
  })
  const rootCertificate = authority.certificate
  const inventory = options.inventoryKubeconfig
    ? kubernetesInventory(clientOf(options.inventoryKubeconfig, undefined))
    : undefined
  const members = new Members({
    ...{ mesh, builder, verifier, gateways, stateDir, advertise, yaml, clock, random, log, inventory },
    joinSettings: cluster => ({ cluster, rootCertificate, webhookAddress: `${advertise}:${webhookAt.port}` }),
    proxySettings: (cluster, network) => ({
      ...{ cluster, network, redirect, domain: builder.mesh.config.domain },
      xdsAddress: `${advertise}:${xds.port}`,
      ...defaultImages,
    }),
  })
  // Before clusters join: their API servers call it from then on.
  const webhook = await startWebhook({
    ...webhookAt,
    certificate: certificate.current,
    settings: cluster => members.settings(cluster),
    log,
  })
  certificate.onRenewed(renewed => {
    delivery.server.reload({ key: renewed.privateKey, cert: renewed.certificate })
    webhook.renew(renewed)
  })
  const api = options.apiAddress || options.apiSocket ? await serveApi() : undefined
  const port = await delivery.server.listen(xds.port, xds.host)
  log.info({ xds: `${xds.host}:${port}`, webhook: webhook.port }, 'listening; proxies wait for the first full picture')

  config = await meshConfigSource({
    ...{ client: mesh, builder, clock, random, log },
    stateDirectory: `${stateDir}/mesh`,
  })
  await Promise.all([config.ready, patiently('the member clusters', clock, log, () => members.start())])
  builder.flush()
  delivery.begin()
  await telemetry.begin()
  await delivery.rehearse(redirect)
  relief.soon()
  reporting.wake()
  log.info({ clusters: [...builder.mesh.clusters.keys()], services: builder.mesh.services.size }, 'serving')

  return async () => {
    reporting.stop()
    relief.stop()
    certificate.stop()
    await telemetry.stop()
    await api?.close()
    await Promise.all([delivery.server.close(), webhook.close()])
    await Promise.all([members.stop(), gateways.stop(), config?.stop(), yaml.close()])
  }

  // Loaded only where somebody listens.
  async function serveApi() {
    const [{ startApi }, { kubeReviews, meshGate, meshStore }] = await Promise.all([
      import('./api.ts'),
      import('../api/index.ts'),
    ])
    const gate = meshGate(kubeReviews(mesh, clock), clock)
    const objects = meshStore({ mesh, gate, clock, log })
    const pairOf = (c: ServerCertificate) => ({ key: c.privateKey, cert: c.certificate })
    const running = { builder, delivery, metrics, telemetry, yaml, clock, log }
    const started = await startApi(options, running, {
      ...{ source: 'mesh', gate, objects, inventory, analyze: meshFindings },
      findings: () => reporting.findings,
      gatewayAddresses: () => gateways.addresses,
      members: { mesh, all: () => members.all, client: name => members.client(name) },
      certificate: {
        get current() {
          return pairOf(certificate.current)
        },
        onRenewed: listener => certificate.onRenewed(renewed => listener(pairOf(renewed))),
      },
    })
    return {
      async close() {
        await Promise.all([started.close(), objects.stop()])
      },
    }
  }
}

/** The kubeconfig that was named, else KUBECONFIG, else the service account of the pod this runs in, else the user's own. */
function accessOf(file: string | undefined, context: string | undefined): ClusterAccess {
  if (file) return loadKubeconfig([file]).access(context)
  const pod = process.env.KUBECONFIG || context ? undefined : inClusterAccess()
  return pod ?? loadKubeconfig().access(context)
}
