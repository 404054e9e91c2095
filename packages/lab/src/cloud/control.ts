import { IsthmusError } from '@isthmus/errors'
import type { Handlers } from '../sandbox/channel.ts'
import { idOf } from './resources.ts'
import type { ClusterState, MeshState } from './state.ts'
import { statusOf } from './status.ts'
import type { World } from './world.ts'

/** What `lab status` shows. */
export interface LabStatus {
  readonly ready: boolean
  readonly clusters: readonly ({ readonly name: string } & ClusterState)[]
  readonly meshes: readonly ({ readonly name: string } & MeshState)[]
  readonly resources: readonly {
    readonly id: string
    readonly ready: boolean
    readonly reason: string
    readonly message: string
  }[]
}

/** Where a command is to run, as `lab exec` enters it. */
export interface Place {
  /** Name of the network namespace; not there for the sandbox's first. */
  readonly namespace?: string
  /** A process inside (its id in the sandbox) whose mounts to use. */
  readonly pid?: number
}

/** What can be asked of a running lab, by the CLI, the tutorial and tests. */
export class LabControl {
  readonly #world: World
  constructor(world: World) {
    this.#world = world
  }

  readonly handlers: Handlers = {
    status: () => this.status(),
    resolve: ({ name }: { name: string }) => this.resolve(name),
    killControlPlane: () => this.#meshes().forEach(m => m.killControlPlane()),
    pauseApi: ({ cluster }: { cluster: string }) => this.#cluster(cluster).server?.pause(),
    resumeApi: ({ cluster }: { cluster: string }) => this.#cluster(cluster).server?.resume(),
    powerOff: ({ node }: { node: string }) => this.#nodeOwner(node).powerOff(node),
    powerOn: ({ node }: { node: string }) => this.#nodeOwner(node).powerOn(node),
  }

  status(): LabStatus {
    const { facts } = this.#world
    return {
      ready: this.#world.ready,
      clusters: [...facts.clusters].map(([name, state]) => ({ name, ...state })),
      meshes: [...facts.meshes].map(([name, state]) => ({ name, ...state })),
      resources: facts.objects.map(object => {
        const { ready } = statusOf(object, facts)
        return { id: idOf(object), ready: ready.status === 'True', reason: ready.reason, message: ready.message }
      }),
    }
  }

  async resolve(name: string): Promise<Place> {
    const { topology } = this.#world.facts.plan
    const namespaces = [
      ...topology.hosts.map(h => h.name),
      ...topology.vpcs.map(v => `vpc-${v.name}`),
      ...topology.transitRouters.map(r => `tr-${r.name}`),
    ]
    if (name === 'internet') return {}
    for (const candidate of [name, `api-${name}`, `mesh-${name}`, `vpc-${name}`, `tr-${name}`])
      if (namespaces.includes(candidate)) return { namespace: candidate }
    for (const cluster of this.#world.clusters.values()) {
      const pod = await cluster.findPod(name)
      if (pod) return pod
    }
    throw new IsthmusError('ISM1108', `${name}; there are ${['internet', ...namespaces].join(', ')}`)
  }

  #meshes() {
    return [...this.#world.meshes.values()]
  }

  #cluster(name: string) {
    const cluster = this.#world.clusters.get(name)
    if (!cluster)
      throw new IsthmusError('ISM1108', `cluster ${name}; there are ${[...this.#world.clusters.keys()].join(', ')}`)
    return cluster
  }

  #nodeOwner(node: string) {
    const cluster = [...this.#world.clusters.values()].find(c => c.plan.nodes.some(n => n.name === node))
    if (!cluster) throw new IsthmusError('ISM1108', `node ${node}`)
    return cluster
  }
}
