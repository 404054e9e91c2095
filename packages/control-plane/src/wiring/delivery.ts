import type { IncomingHttpHeaders } from 'node:http2'
import type { Finding, Mesh, ProxyNode } from '../model/index.ts'
import type { Clock, Log } from '../runtime/index.ts'
import { SnapshotEngine } from '../snapshot/index.ts'
import type { MeshBuilder } from '../sources/mesh-builder.ts'
import { viewOf } from '../sources/view.ts'
import { clustersOf, endpointsInClusters, translate, translateEndpoints } from '../translate/index.ts'
import { type XdsEvent, XdsServer } from '../xds/index.ts'

export interface DeliveryOptions {
  readonly builder: MeshBuilder
  readonly clock: Clock
  readonly log: Log
  readonly authenticate?: (headers: IncomingHttpHeaders, node: ProxyNode) => Promise<unknown>
  readonly tls?: { readonly key: string; readonly cert: string }
  readonly maxStreamAgeMs?: number
  readonly onFindings?: (findings: readonly Finding[]) => void
  readonly onEvent?: (event: XdsEvent) => void
}

/** From the mesh to the proxies. Nothing is sent before `begin`: half of a mesh would look like a mesh that lost half. */
export class Delivery {
  readonly server: XdsServer
  readonly engine: SnapshotEngine
  #began = false

  constructor(options: DeliveryOptions) {
    const { builder } = options
    const engine = new SnapshotEngine({
      mesh: () => (this.#began ? builder.mesh : undefined),
      translator: { viewOf, translate, translateEndpoints, clustersOf, endpointsInClusters },
      clock: options.clock,
      log: options.log,
      onFindings: options.onFindings,
    })
    builder.subscribe((_mesh: Mesh, changes) => {
      if (this.#began) for (const change of changes) if (change.kind !== 'findings') engine.change(change)
    })
    this.engine = engine
    this.server = new XdsServer({
      authenticate: options.authenticate,
      open: (node, onChange) => engine.open(node, onChange),
      onEvent: options.onEvent,
      clock: options.clock,
      log: options.log,
      maxStreamAgeMs: options.maxStreamAgeMs,
      tls: options.tls,
    })
  }

  get began(): boolean {
    return this.#began
  }

  begin(): void {
    this.#began = true
    this.engine.change({ kind: 'everything' })
  }
}
