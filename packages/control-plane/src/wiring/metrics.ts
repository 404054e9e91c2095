import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Mesh } from '../model/index.ts'
import type { SnapshotEngine } from '../snapshot/index.ts'
import type { XdsEvent, XdsServer } from '../xds/index.ts'

/** What an operator sees of a running control plane, for Prometheus. */
export class Metrics {
  readonly registry = new Registry()
  readonly #convergence = new Histogram({
    name: 'isthmus_push_acknowledged_seconds',
    help: 'From sending a response to a proxy until it acknowledged it, by type.',
    labelNames: ['type'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [this.registry],
  })
  readonly #refused = new Gauge({
    name: 'isthmus_refusals_total',
    help: 'Responses that proxies refused, by type.',
    labelNames: ['type'],
    registers: [this.registry],
  })

  constructor(server: XdsServer, engine: SnapshotEngine, mesh: () => Mesh) {
    const { registry } = this
    collectDefaultMetrics({ register: registry })
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name,
        help,
        registers: [registry],
        collect() {
          this.set(read())
        },
      })
    gauge('isthmus_proxies', 'Connected proxies.', () => server.proxies().length)
    gauge('isthmus_proxies_behind', 'Connected proxies that do not hold yet what is meant for them.', () => {
      return server.proxies().filter(proxy => !proxy.inStep).length
    })
    gauge('isthmus_views', 'Distinct views: what is made once for each.', () => engine.views.length)
    gauge('isthmus_services', 'Services in the mesh.', () => mesh().services.size)
    new Gauge({
      name: 'isthmus_cluster_last_contact_seconds',
      help: 'Seconds since the last word of a member cluster’s API.',
      labelNames: ['cluster'],
      registers: [registry],
      collect() {
        this.reset()
        for (const cluster of mesh().clusters.values())
          if (cluster.lastContact > 0) this.set({ cluster: cluster.name }, (Date.now() - cluster.lastContact) / 1000)
      },
    })
  }

  /** Counts an event of the discovery server. */
  event(event: XdsEvent): void {
    if (event.kind !== 'ack' && event.kind !== 'nack') return
    const type = event.typeUrl.slice(event.typeUrl.lastIndexOf('.') + 1)
    if (event.kind === 'ack') this.#convergence.observe({ type }, event.afterMs / 1000)
    else this.#refused.inc({ type })
  }
}
