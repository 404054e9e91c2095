import type { ProxyNode } from '@isthmus/control-plane/model/index.ts'
import type { Resource, Snapshot } from '@isthmus/control-plane/snapshot/resource.ts'
import { type XdsEvent, XdsServer, type XdsServerOptions } from '@isthmus/control-plane/xds/index.ts'
import { mergeSnapshots } from './tiny-snapshot.ts'

/** An xDS server that serves whatever snapshot it is given, the same to everybody. */
export class TestXdsServer {
  readonly events: XdsEvent[] = []
  readonly server: XdsServer
  readonly #listeners = new Set<() => void>()
  #snapshot: Snapshot | undefined
  port = 0

  constructor(snapshot: Snapshot | undefined, options: Partial<XdsServerOptions> = {}) {
    this.#snapshot = snapshot
    this.server = new XdsServer({
      ...options,
      open: (node, onChange) => this.#open(node, onChange),
      onEvent: e => this.events.push(e),
    })
  }

  get snapshot(): Snapshot | undefined {
    return this.#snapshot
  }

  get sessions(): number {
    return this.#listeners.size
  }

  async listen(): Promise<this> {
    this.port = await this.server.listen(0, '127.0.0.1')
    return this
  }

  serve(snapshot: Snapshot): void {
    this.#snapshot = snapshot
    for (const listener of [...this.#listeners]) listener()
  }

  change(changed: readonly Resource[], gone: readonly Resource[] = []): void {
    this.serve(mergeSnapshots(this.#snapshot, changed, gone))
  }

  close(): Promise<void> {
    return this.server.close()
  }

  #open(_node: ProxyNode, onChange: () => void) {
    this.#listeners.add(onChange)
    return { snapshot: () => this.#snapshot, close: () => void this.#listeners.delete(onChange) }
  }
}
