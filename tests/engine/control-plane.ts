import type { Finding, Origin } from '@isthmus/control-plane/model/index.ts'
import { silentLog, systemClock } from '@isthmus/control-plane/runtime/index.ts'
import { MeshBuilder } from '@isthmus/control-plane/sources/index.ts'
import { Delivery } from '@isthmus/control-plane/wiring/delivery.ts'
import { meshFindings } from '@isthmus/control-plane/wiring/mesh-findings.ts'
import type { XdsEvent } from '@isthmus/control-plane/xds/index.ts'
import type { KubeObject } from '@isthmus/kubernetes'

/** The control plane's whole way from objects to proxies, in this process, with every event kept. */
export class ControlPlane {
  readonly builder = new MeshBuilder()
  readonly delivery: Delivery
  readonly events: XdsEvent[] = []
  port = 0

  constructor() {
    this.delivery = new Delivery({
      ...{ builder: this.builder, clock: systemClock, log: silentLog },
      onEvent: event => this.events.push(event),
    })
  }

  async listen(): Promise<this> {
    this.builder.flush()
    this.delivery.begin()
    this.port = await this.delivery.server.listen(0, '127.0.0.1')
    return this
  }

  close(): Promise<void> {
    return this.delivery.server.close()
  }

  put(...objects: readonly KubeObject[]): void {
    for (const object of objects) this.builder.set('', object)
  }

  remove(...objects: readonly KubeObject[]): void {
    for (const object of objects) this.builder.delete('', object)
  }

  /** Everything that is said of objects now. */
  get findings(): readonly Finding[] {
    return [...this.builder.findings, ...this.delivery.engine.findings, ...meshFindings(this.builder.mesh)]
  }

  about({ kind, metadata }: KubeObject): readonly Finding[] {
    const is = (o: Origin) => o.kind === kind && o.name === metadata.name && o.namespace === (metadata.namespace ?? '')
    return this.findings.filter(f => is(f.origin))
  }

  /** Resolves once this many proxies are connected and every one holds what is meant for it. */
  async inStep(proxies: number, seconds = 90): Promise<void> {
    const until = Date.now() + seconds * 1000
    // Changes are followed at the end of the turn.
    await new Promise(resolve => setTimeout(resolve, 1))
    for (;;) {
      const all = this.delivery.server.proxies()
      if (all.length === proxies && all.every(proxy => proxy.inStep && proxy.types.length >= 3)) return
      if (Date.now() > until) throw new Error(`not in step: ${JSON.stringify(all, undefined, 1)}`)
      await new Promise(resolve => setTimeout(resolve, 2))
    }
  }
}
