import type { KubeObject } from '@isthmus/kubernetes'
import type { LoadReport } from '../../src/model/index.ts'
import { silentLog } from '../../src/runtime/index.ts'
import { MeshBuilder } from '../../src/sources/mesh-builder.ts'
import { TelemetryPart } from '../../src/wiring/telemetry/index.ts'
import { cluster, node, pod, service, slice } from '../sources/objects.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { nodeOf, reportOf } from './reports.ts'

export const hz = 'cn-hangzhou'
export const sh = 'cn-shanghai'
export const host = 'reviews.default.svc.cluster.local'

/** Two clusters in two regions, reviews with two pods in each, a failover policy, and telemetry over it. */
export class World {
  readonly clock = new SimulatedClock()
  readonly builder = new MeshBuilder({ schedule: () => {} })
  readonly part: TelemetryPart
  readonly #pods = new Map<string, readonly KubeObject[]>()

  constructor(options: { author?: () => Promise<string | undefined>; stateFile?: string } = {}) {
    const { builder } = this
    this.part = new TelemetryPart({ builder, clock: this.clock, log: silentLog, ...options })
    for (const [name, region] of [
      ['ack-hangzhou', hz],
      ['ack-shanghai', sh],
    ] as const) {
      builder.setCluster(cluster(name, region, { lastContact: this.clock.now() }))
      builder.set(name, node(`node-${region}`, region))
      builder.set(name, service('reviews'))
      this.scale(region, 2)
    }
    this.policy({
      failover: {
        enabled: true,
        rules: [
          { from: hz, to: [sh] },
          { from: sh, to: [hz] },
        ],
      },
    })
    builder.flush()
  }

  get telemetry() {
    return this.part.telemetry
  }

  /** Reviews in a region has so many pods, of which so many are ready. */
  scale(region: string, pods: number, ready = pods): void {
    const name = region === hz ? 'ack-hangzhou' : 'ack-shanghai'
    const net = region === hz ? '10.1.0' : '10.2.0'
    const list = [...Array(pods).keys()].map(i => pod(`reviews-${i}`, 'reviews', `${net}.${i + 1}`, `node-${region}`))
    const states = Object.fromEntries(
      list.map((p, i) => [p.metadata.name, { ready: i < ready, serving: i < ready, terminating: false }]),
    )
    for (const old of this.#pods.get(region) ?? []) this.builder.delete(name, old)
    this.#pods.set(region, list)
    for (const one of list) this.builder.set(name, one)
    this.builder.set(name, slice('reviews', list, 9080, states))
    this.settle()
  }

  /** Another service, with a pod in each region. */
  idle(name: string): void {
    for (const [cluster, region, net] of [
      ['ack-hangzhou', hz, '10.3.0'],
      ['ack-shanghai', sh, '10.4.0'],
    ] as const) {
      const one = pod(`${name}-0`, name, `${net}.1`, `node-${region}`)
      this.builder.set(cluster, service(name))
      this.builder.set(cluster, one)
      this.builder.set(cluster, slice(name, [one]))
    }
    this.builder.flush()
  }

  /** A moment, in which changes are told of. */
  settle(): void {
    this.builder.flush()
    this.clock.pass(60)
  }

  policy(spec: object, generation = 1): void {
    this.builder.set('', {
      apiVersion: 'mesh.isthmus.dev/v1alpha1',
      kind: 'RegionalTrafficPolicy',
      metadata: { name: 'mesh-wide', namespace: 'istio-system', generation },
      spec,
    } as unknown as KubeObject)
    this.settle()
  }

  /** Some seconds in which a gateway or sidecar in a region sends so many requests a second. */
  traffic(
    seconds: number,
    from: string,
    to: Readonly<Record<string, number>>,
    { kind = 'sidecar' as 'sidecar' | 'gateway', failed = 0, subset = '' } = {},
  ): void {
    for (let i = 0; i < seconds; i += 2) {
      this.clock.pass(2_000)
      const counts = Object.fromEntries(
        Object.entries(to).map(([region, rate]) => [region, [rate * 2 - failed, failed] as const]),
      )
      const name = from === hz ? 'ack-hangzhou' : 'ack-shanghai'
      const report: LoadReport = {
        ...reportOf(kind, this.clock.now(), `outbound|9080|${subset}|${host}`, counts),
        node: { ...nodeOf(kind, 'client-1', name), locality: { region: from, zone: '', subzone: '' } },
      }
      this.telemetry.report(report, from, '')
    }
    this.clock.pass(1_000)
  }

  state(region: string) {
    return this.telemetry.regionStates().find(r => r.region === region)
  }
}
