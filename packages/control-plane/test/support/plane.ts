import assert from 'node:assert/strict'
import type { ProxyNode } from '../../src/model/index.ts'
import { silentLog } from '../../src/runtime/index.ts'
import { SnapshotEngine, type SnapshotHandle } from '../../src/snapshot/index.ts'
import { MeshBuilder, viewOf } from '../../src/sources/index.ts'
import { clustersOf, endpointsInClusters, translateEndpoints, translatePieces } from '../../src/translate/index.ts'
import { ownViews } from './own-views.ts'
import { SimulatedClock } from './simulated-clock.ts'

/** A proxy as a story tells of it: what is not said is a sidecar's in the default namespace. */
export function proxyNode(id: string, more: Partial<ProxyNode> = {}): ProxyNode {
  return {
    ...{ id, kind: 'sidecar', cluster: '', namespace: 'default', pod: id, ip: '10.0.9.9' },
    ...{ labels: {}, network: '', serviceAccount: '', envoyVersion: '', redirect: 'uid' },
    locality: { region: '', zone: '', subzone: '' },
    ...more,
  }
}

/** Mesh and views of one control plane for given proxies, on a clock and turns that the test owns: nothing is sent anywhere. */
export class Plane {
  readonly clock = new SimulatedClock()
  readonly builder: MeshBuilder
  readonly engine: SnapshotEngine
  readonly #proxies: readonly ProxyNode[]
  readonly #handles = new Map<number, SnapshotHandle>()
  #tasks: (() => void)[] = []

  constructor(proxies: readonly ProxyNode[]) {
    this.#proxies = proxies
    const later = (task: () => void) => void this.#tasks.push(task)
    this.builder = new MeshBuilder({ schedule: later })
    this.engine = new SnapshotEngine({
      mesh: () => this.builder.mesh,
      translator: {
        viewOf: ownViews(viewOf),
        translate: translatePieces,
        translateEndpoints,
        clustersOf,
        endpointsInClusters,
      },
      ...{ log: silentLog, clock: this.clock, nextTurn: later },
    })
    this.builder.subscribe((_mesh, changes) => {
      for (const change of changes) if (change.kind !== 'findings') this.engine.change(change)
    })
  }

  /** Runs what waits for its turn, and what that makes wait. */
  turn(): void {
    for (let i = 0; this.#tasks.length > 0; i++) {
      assert.ok(i < 100)
      for (const task of this.#tasks.splice(0)) task()
    }
  }

  open(n: number): SnapshotHandle {
    const handle = this.#handles.get(n) ?? this.engine.open({ ...this.#proxies[n]! }, () => {})
    this.#handles.set(n, handle)
    return handle
  }

  close(n: number): void {
    this.#handles.get(n)?.close()
    this.#handles.delete(n)
  }

  /**
   * All that each proxy should hold, by proxy, type and name. The order in a list is none of it: nothing depends on that,
   * versions neither.
   */
  text(): Readonly<Record<string, string>> {
    this.turn()
    const lines = this.#proxies.flatMap(({ id }, n) =>
      [...(this.open(n).snapshot()?.resources ?? [])].flatMap(([type, map]) =>
        [...map].map(([name, r]) => [
          `${id} ${type} ${name}`,
          `${r.version} ${Buffer.from(r.bytes).toString('base64')}`,
        ]),
      ),
    )
    return Object.fromEntries(lines)
  }

  /** Every finding once views that nobody uses are forgotten, sorted. */
  findings(): readonly string[] {
    this.text()
    this.clock.pass(60_000)
    this.turn()
    return [...this.builder.findings, ...this.engine.findings].map(finding => JSON.stringify(finding)).sort()
  }
}
