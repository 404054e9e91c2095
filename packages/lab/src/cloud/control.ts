import { IsthmusError } from '@isthmus/errors'
import type { Handlers } from '../sandbox/channel.ts'
import type { ClusterRunner } from './cluster-runner.ts'
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

/** Where a command is to run. */
export interface Place {
  /** The words before it, run in the sandbox's first namespaces. */
  readonly enter: readonly string[]
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
    killControlPlane: ({ stay }: { stay?: boolean }) => this.#meshes().map(m => m.killControlPlane(stay ?? false)),
    startControlPlane: () => this.#meshes().map(m => m.startControlPlane()),
    pauseApi: ({ cluster }: { cluster: string }) => this.#cluster(cluster).cluster?.api.pause(),
    resumeApi: ({ cluster }: { cluster: string }) => this.#cluster(cluster).cluster?.api.resume(),
    powerOff: ({ name }: { name: string }) => {
      const [owner, nodes] = this.#power(name)
      return owner.powerOff(nodes)
    },
    powerOn: ({ name }: { name: string }) => {
      const [owner, nodes] = this.#power(name)
      return owner.powerOn(nodes)
    },
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
    if (name === 'internet') return { enter: [] }
    const node = await this.#node(name)
    if (node?.on) return { enter: node.enter([]) }
    for (const candidate of [name, `api-${name}`, `mesh-${name}`, `vpc-${name}`, `tr-${name}`])
      if (namespaces.includes(candidate)) return { enter: ['nsenter', `--net=/run/netns/${candidate}`, '--'] }
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

  /** A cluster and one of its nodes, or all. */
  #power(name: string): [ClusterRunner, string[] | undefined] {
    const whole = this.#world.clusters.get(name)
    if (whole) return [whole, undefined]
    const owner = [...this.#world.clusters.values()].find(c => c.node(name))
    if (!owner) throw new IsthmusError('ISM1108', `node or cluster ${name}`)
    return [owner, [name]]
  }

  async #node(name: string) {
    for (const cluster of this.#world.clusters.values()) {
      const node = await cluster.node(name)
      if (node) return node
    }
    return undefined
  }
}
