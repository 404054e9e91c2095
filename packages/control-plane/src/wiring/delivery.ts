import type { IncomingHttpHeaders } from 'node:http2'
import type { Mesh, ProxyNode, Redirect } from '../model/index.ts'
import type { Clock, Log } from '../runtime/index.ts'
import { SnapshotEngine } from '../snapshot/index.ts'
import type { MeshBuilder } from '../sources/mesh-builder.ts'
import { viewOf } from '../sources/view.ts'
import { clustersOf, endpointsInClusters, translateEndpoints, translatePieces } from '../translate/index.ts'
import { type ProxySession, type XdsEvent, XdsServer } from '../xds/index.ts'
import { likelyProxies } from './likely-proxies.ts'
import { PushFollower } from './metrics/push-follower.ts'
import type { PushLog } from './metrics/push-log.ts'

export interface DeliveryOptions {
  readonly builder: MeshBuilder
  readonly clock: Clock
  readonly log: Log
  readonly authenticate?: (headers: IncomingHttpHeaders, node: ProxyNode) => Promise<unknown>
  readonly tls?: { readonly key: string; readonly cert: string }
  readonly maxStreamAgeMs?: number
  readonly onFindings?: () => void
  /** Called when what was made for some proxies is not kept any longer. */
  readonly onForgotten?: () => void
  readonly onEvent?: (event: XdsEvent) => void
  /** Follows each change to the proxies' answers. */
  readonly pushes?: PushLog
}

/** No other place's proxy is begun after this time: what is not made yet takes its first proxy some 50 ms for a thousand services. */
const rehearsalMs = 300

/** From the mesh to the proxies. Nothing is sent before `begin`: half of a mesh would look like a mesh that lost half. */
export class Delivery {
  readonly server: XdsServer
  readonly engine: SnapshotEngine
  readonly #builder: MeshBuilder
  readonly #pushes: PushLog | undefined
  readonly #clock: Clock
  #began = false

  constructor(options: DeliveryOptions) {
    const { builder, pushes } = options
    const engine = new SnapshotEngine({
      mesh: () => (this.#began ? builder.mesh : undefined),
      translator: { viewOf, translate: translatePieces, translateEndpoints, clustersOf, endpointsInClusters },
      clock: options.clock,
      log: options.log,
      onFindings: options.onFindings,
      onForgotten: options.onForgotten,
      onStep: step => pushes?.step(step),
    })
    builder.subscribe((_mesh: Mesh, changes) => {
      if (!this.#began) return
      pushes?.published(changes)
      for (const change of changes) if (change.kind !== 'findings') engine.change(change)
    })
    this.engine = engine
    this.#builder = builder
    this.#pushes = pushes
    this.#clock = options.clock
    this.server = new XdsServer({
      authenticate: options.authenticate,
      open: (node, onChange) => this.#open(node, onChange, pushes),
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
    this.#pushes?.published([{ kind: 'everything' }])
    this.engine.change({ kind: 'everything' })
  }

  /**
   * Makes what the likeliest proxies are sent, where none waits for it already: the first that connect, all at once after a
   * restart, find made what they share, and compiled what makes the rest.
   */
  async rehearse(redirect: Redirect): Promise<void> {
    // By then the engine has followed the change that `begin` told it of, for the proxies that were waiting.
    await new Promise(resolve => setImmediate(resolve))
    if (this.engine.views.length > 0) return
    const until = this.#clock.now() + rehearsalMs
    for (const node of likelyProxies(this.#builder.mesh, redirect)) {
      this.engine.open(node, () => {}).close()
      if (this.#clock.now() >= until) return
    }
  }

  #open(node: ProxyNode, onChange: () => void, pushes: PushLog | undefined): ProxySession {
    if (!pushes) return this.engine.open(node, onChange)
    const follower = new PushFollower(pushes)
    const handle = this.engine.open(node, () => {
      follower.told()
      onChange()
    })
    return {
      snapshot: () => handle.snapshot(),
      hears: delivered => follower.hears(delivered),
      close() {
        follower.close()
        handle.close()
      },
    }
  }
}
