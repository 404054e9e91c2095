import { join } from 'node:path'
import { ExternalAddresses } from '../loadbalancer/index.ts'
import { applyChanges, emptyState, type NetworkState, planChanges, planNetwork } from '../network/index.ts'
import { internetAddress } from '../network/names.ts'
import type { Folders, Host } from '../world/host.ts'
import { type Context, mergeContexts, writeWhole } from '../world/kubeconfig.ts'
import { type CloudApi, cloudPort, keepFinalizers, startCloudApi } from './cloud-api.ts'
import { ClusterRunner } from './cluster-runner.ts'
import { usersOf } from './in-use.ts'
import { showLinkTraffic } from './link-traffic.ts'
import { MeshRunner } from './mesh-runner.ts'
import { planWorld, type WorldPlan } from './plan.ts'
import { type CloudObject, type CloudObjects, idOf } from './resources.ts'
import { type Facts, writeStatuses } from './status.ts'

/**
 * The running world: one level-triggered loop from all resources to the network, the clusters and the meshes, and back to
 * the statuses. It begins with the resources of the world file, while the cloud's own API still starts.
 */
export class World {
  readonly clusters = new Map<string, ClusterRunner>()
  readonly meshes = new Map<string, MeshRunner>()
  readonly #folders: Folders
  readonly #host: Host
  readonly #inventory = Promise.withResolvers<string>()
  readonly #addresses = new ExternalAddresses()
  readonly #lowestPort: number
  readonly #watchers = new Set<() => void>()
  #objects: CloudObjects
  #plan: WorldPlan
  #network: NetworkState = emptyState
  #networkFailure?: string
  #cloud?: CloudApi
  #cloudContext?: Context
  #kubeconfig = ''
  /** What was asked for when a round last found all of it in force; undefined where something was missing. */
  #inForce?: string
  #running = false
  #again = false

  /** @param lowestPort the lowest port the host's user may listen on. */
  constructor(seed: CloudObjects, folders: Folders, host: Host, lowestPort: number) {
    this.#objects = seed
    this.#plan = planWorld(seed)
    this.#folders = folders
    this.#host = host
    this.#lowestPort = lowestPort
    this.#inventory.promise.catch(() => {})
  }

  async start(): Promise<void> {
    this.changed()
    const seed = this.#objects
    const cloud = await startCloudApi(join(this.#folders.inside, 'cloud'), seed, reason =>
      this.#host.progress(`cloud: ${reason}`),
    )
    const { port } = await this.#host.open({
      ...{ forward: 'api/cloud', address: '127.0.0.1', ports: [16443, 0] },
      targets: () => [{ host: internetAddress, port: cloudPort }],
    })
    const { server } = cloud
    this.#cloudContext = {
      name: 'cloud',
      kubeconfig: server.adminKubeconfig(`https://127.0.0.1:${port}`),
      privateServer: server.url,
    }
    this.#inventory.resolve(server.adminKubeconfig(server.url))
    this.#host.progress(`cloud: API server ready at https://127.0.0.1:${port}`)
    this.#cloud = cloud
    cloud.follow((objects, matters) => {
      this.#objects = objects
      if (matters) this.changed()
    })
    showLinkTraffic(cloud.client, () => this.#plan.topology.peerAttachments)
  }

  get facts(): Facts {
    return {
      objects: this.#objects,
      plan: this.#plan,
      clusters: new Map([...this.clusters].map(([name, runner]) => [name, runner.state])),
      meshes: new Map([...this.meshes].map(([name, runner]) => [name, runner.state])),
      networkFailure: this.#networkFailure,
    }
  }

  /** Nothing that is asked for is missing, as the last round found. A round that only looks again changes nothing of that. */
  get ready(): boolean {
    return this.#inForce === askedFor(this.#objects)
  }

  /** Called after each round. */
  onChange(watcher: () => void): void {
    this.#watchers.add(watcher)
  }

  /** Something may be different: another round, after the one that runs. */
  changed = (): void => {
    if (this.#running) {
      this.#again = true
      return
    }
    this.#running = true
    // A moment later: what comes together is one round.
    setTimeout(async () => {
      this.#again = false
      try {
        await this.#reconcile()
      } catch (error) {
        this.#inForce = undefined
        this.#host.progress(`a round of the cloud failed: ${(error as Error).message}`)
        setTimeout(this.changed, 1000)
      }
      this.#running = false
      for (const watcher of this.#watchers) watcher()
      if (this.#again) this.changed()
    }, 10)
  }

  async #reconcile(): Promise<void> {
    // What is to be deleted stands for as long as others name it.
    const objects = this.#objects
    const staying = objects.filter(o => !o.metadata.deletionTimestamp || usersOf(objects, idOf(o)).length > 0)
    const plan = planWorld(staying, this.#plan.allotments)
    this.#plan = plan
    await this.#stopWhatWent(plan)
    await this.#layNetwork(plan)
    this.#startWhatCame(plan)
    const whole = this.#isWhole(plan)
    await this.#writeKubeconfig()
    if (!this.#cloud) return
    const stays = new Set(staying)
    // First what holds an object: whoever reads its status may delete it at once.
    await keepFinalizers(this.#cloud.client, objects, (o: CloudObject) => !stays.has(o))
    await writeStatuses(this.#cloud.client, this.facts, Date.now())
    this.#inForce = whole ? askedFor(objects) : undefined
  }

  #isWhole(plan: WorldPlan): boolean {
    const runners = [...this.clusters.values(), ...this.meshes.values()]
    return (
      !this.#networkFailure &&
      runners.length === plan.clusters.length + plan.meshes.length &&
      runners.every(r => r.state.phase === 'Ready')
    )
  }

  async #stopWhatWent(plan: WorldPlan): Promise<void> {
    const gone = (there: { name: string }[]) => (name: string) => !there.some(p => p.name === name)
    const stopped = [
      ...[...this.clusters.keys()].filter(gone([...plan.clusters])).map(name => [this.clusters, name] as const),
      ...[...this.meshes.keys()].filter(gone([...plan.meshes])).map(name => [this.meshes, name] as const),
    ]
    await Promise.all(
      stopped.map(async ([all, name]) => {
        const runner = all.get(name)!
        all.delete(name)
        await runner.stop()
      }),
    )
    await Promise.all(plan.clusters.map(p => this.clusters.get(p.name)?.shrink(p)))
  }

  async #layNetwork(plan: WorldPlan): Promise<void> {
    const wanted = planNetwork(plan.topology)
    const stages = planChanges(this.#network, wanted)
    // After a refusal it is not known what stands: say everything again and take "exists already" for an answer.
    const careful = this.#networkFailure ? stages.map(s => s.map(step => ({ ...step, lenient: true }))) : stages
    try {
      await applyChanges(careful)
      this.#network = wanted
      this.#networkFailure = undefined
    } catch (error) {
      this.#networkFailure = (error as Error).message
      this.#host.progress(`network: ${this.#networkFailure}`)
      setTimeout(this.changed, 1000)
    }
  }

  #startWhatCame(plan: WorldPlan): void {
    if (this.#networkFailure) return
    for (const cluster of plan.clusters) {
      const runner = this.clusters.get(cluster.name)
      if (runner) {
        runner.update(cluster)
        continue
      }
      const made = new ClusterRunner(cluster, {
        ...{ folders: this.#folders, host: this.#host, changed: this.changed },
        ...{ addresses: this.#addresses, lowestPort: this.#lowestPort },
      })
      this.clusters.set(cluster.name, made)
      made.start()
    }
    for (const mesh of plan.meshes) {
      if (this.meshes.has(mesh.name)) continue
      const made = new MeshRunner(mesh, this.#folders, this.#host, this.#inventory.promise, this.changed)
      this.meshes.set(mesh.name, made)
      made.start()
    }
  }

  async #writeKubeconfig(): Promise<void> {
    const runners = [...this.meshes.values(), ...this.clusters.values()]
    const contexts = [this.#cloudContext, ...runners.map(r => r.context)].filter(c => c !== undefined)
    const text = mergeContexts(contexts)
    if (!contexts.length || text === this.#kubeconfig) return
    await writeWhole(join(this.#folders.lab, 'kubeconfig'), text)
    this.#kubeconfig = text
  }
}

/** Which objects there are, and of which generation: the same whatever their statuses say. */
function askedFor(objects: CloudObjects): string {
  const each = objects.map(o =>
    [idOf(o), o.metadata.uid, o.metadata.generation, o.metadata.deletionTimestamp].join(' '),
  )
  return each.sort().join('\n')
}
