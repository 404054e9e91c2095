import { join } from 'node:path'
import { KubeClient, kinds, type Node, parseKubeconfig, type Watch, watchList } from '@isthmus/kubernetes'
import { type Cluster, startCluster } from '../cluster/index.ts'
import { type ExternalAddresses, LoadBalancers } from '../loadbalancer/index.ts'
import { type LabNode, startNode } from '../node/index.ts'
import type { Folders, Host } from '../world/host.ts'
import type { Context } from '../world/kubeconfig.ts'
import { patiently } from '../world/patiently.ts'
import type { Place } from './control.ts'
import type { ClusterPlan, NodePlan } from './plan.ts'
import { podPlace } from './pod-place.ts'
import type { ClusterState } from './state.ts'

const apiPort = 6443

/** What all clusters share. */
export interface Surroundings {
  readonly folders: Folders
  readonly host: Host
  readonly addresses: ExternalAddresses
  /** The lowest port the host's user may listen on. */
  readonly lowestPort: number
  readonly changed: () => void
}

/** A cluster that runs, followed as its plan changes. */
export class ClusterRunner {
  plan: ClusterPlan
  state: ClusterState
  context?: Context
  cluster?: Cluster
  readonly #around: Surroundings
  readonly #nodes = new Map<string, Promise<LabNode | undefined>>()
  /** Names of nodes that say they are Ready. */
  #readyNodes: ReadonlySet<string> = new Set()
  #client?: KubeClient
  #watch?: Watch
  #loadBalancers?: LoadBalancers
  #stopped = false

  constructor(plan: ClusterPlan, around: Surroundings) {
    this.plan = plan
    this.#around = around
    const privateEndpoint = `https://${plan.address}:${apiPort}`
    this.state = { phase: 'Starting', message: 'API server starting', privateEndpoint, nodes: this.#nodeStates() }
  }

  start(): void {
    this.#start().catch((error: Error) => this.#failed(error))
  }

  /** Nodes come and go; the rest of a cluster's plan does not change. */
  update(plan: ClusterPlan): void {
    this.plan = plan
    if (this.cluster) for (const node of plan.nodes) this.#startNode(this.cluster, node)
    this.#look()
  }

  /** Stops the nodes that a new plan has no longer, before their network goes. */
  async shrink(plan: ClusterPlan): Promise<void> {
    this.plan = plan
    const gone = [...this.#nodes.keys()].filter(name => !plan.nodes.some(n => n.name === name))
    await Promise.all(
      gone.map(async name => {
        const node = this.#nodes.get(name)
        this.#nodes.delete(name)
        await (await node)?.stop()
      }),
    )
  }

  node(name: string): Promise<LabNode | undefined> | undefined {
    return this.#nodes.get(name)
  }

  async powerOff(nodes = [...this.#nodes.keys()]): Promise<void> {
    await Promise.all(nodes.map(async name => (await this.#nodes.get(name))?.powerOff()))
  }

  async powerOn(nodes = [...this.#nodes.keys()]): Promise<void> {
    await Promise.all(nodes.map(async name => (await this.#nodes.get(name))?.powerOn()))
  }

  /** Where the pod is that a name means; undefined when it is none of this cluster's. */
  async findPod(name: string): Promise<Place | undefined> {
    return this.#client && podPlace(this.plan.name, this.#client, node => this.#nodes.get(node), name)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all([
      this.#loadBalancers?.stop(),
      this.#watch?.stop(),
      this.#around.host.close(`api/${this.plan.name}`),
    ])
    await this.#client?.close()
    await this.powerOff().catch(() => {})
    await this.cluster?.stop()
  }

  async #start(): Promise<void> {
    const { name, region, namespace, address, serviceCIDR, podCIDR, networkPlugin, vSwitchCIDR } = this.plan
    const { host, folders, addresses, lowestPort } = this.#around
    const cluster = await startCluster({
      ...{ name, region, apiNetns: namespace, apiAddress: address, port: apiPort, networkPlugin },
      ...{ serviceCidr: serviceCIDR, podCidr: networkPlugin === 'terway' ? vSwitchCIDR : podCIDR! },
      dir: join(folders.inside, name),
    })
    this.cluster = cluster
    if (this.#stopped) return cluster.stop()
    const ports = [16445, 16446, 16447, 0]
    const { port } = await host.open({
      ...{ forward: `api/${name}`, address: '127.0.0.1', ports },
      targets: () => [{ host: address, port: apiPort }],
    })
    const publicEndpoint = `https://127.0.0.1:${port}`
    this.context = { name, kubeconfig: cluster.api.adminKubeconfig(publicEndpoint), privateServer: cluster.api.url }
    this.#say({ phase: 'Running', message: 'API server ready, nodes starting', publicEndpoint })
    host.progress(`${name}: API server ready at ${publicEndpoint}`)
    const client = new KubeClient(parseKubeconfig(cluster.api.adminKubeconfig(cluster.api.url)).access())
    this.#client = client
    this.#watch = this.#followNodes(client)
    this.#loadBalancers = new LoadBalancers({
      cluster: name,
      client,
      addresses,
      lowestPort,
      doors: host,
      warn: host.progress,
    })
    for (const node of this.plan.nodes) this.#startNode(cluster, node)
  }

  #startNode(cluster: Cluster, plan: NodePlan) {
    if (this.#nodes.has(plan.name)) return
    const { name, address, podBlock, region, zone } = plan
    const say = (reason: string) => this.#around.host.progress(`${name}: ${reason}`)
    const wanted = () => !this.#stopped && this.plan.nodes.some(n => n.name === name)
    const started = patiently(
      () => startNode(cluster, { name, netns: name, address, podBlock, region, zone }),
      say,
      () => !wanted(),
    )
    this.#nodes.set(name, started)
  }

  #followNodes(client: KubeClient): Watch {
    const nodes = new Map<string, Node>()
    const look = () => {
      const isReady = (n: Node) => n.status?.conditions?.some(c => c.type === 'Ready' && c.status === 'True') ?? false
      const before = this.#readyNodes
      this.#readyNodes = new Set([...nodes.values()].filter(isReady).map(n => n.metadata.name))
      if (before.symmetricDifference(this.#readyNodes).size > 0) this.#look()
    }
    return watchList<Node>(client, kinds.Node, {
      onSync(items) {
        nodes.clear()
        for (const node of items) nodes.set(node.metadata.name, node)
        look()
      },
      onChange(type, node) {
        if (type === 'deleted') nodes.delete(node.metadata.name)
        else nodes.set(node.metadata.name, node)
        look()
      },
    })
  }

  /** Sees whether all nodes that are to be there are. */
  #look() {
    const nodes = this.#nodeStates()
    const missing = nodes.filter(n => !n.ready).map(n => n.name)
    const said = this.state.nodes
    if (JSON.stringify(said) === JSON.stringify(nodes) && this.state.phase !== 'Running') return
    if (!this.cluster || this.state.phase === 'Failed') return this.#say({ nodes })
    if (missing.length) return this.#say({ nodes, phase: 'Running', message: `not Ready: ${missing.join(', ')}` })
    if (this.state.phase !== 'Ready') this.#around.host.progress(`${this.plan.name}: ${nodes.length} nodes Ready`)
    this.#say({ nodes, phase: 'Ready', message: 'all nodes Ready' })
  }

  #nodeStates() {
    return this.plan.nodes.map(({ name, address, podBlock }) => ({
      ...{ name, address, podCIDR: podBlock },
      ready: this.#readyNodes?.has(name) ?? false,
    }))
  }

  #failed(error: Error) {
    if (this.#stopped) return
    this.#around.host.progress(`${this.plan.name}: ${error.message}`)
    this.#say({ phase: 'Failed', message: error.message })
  }

  #say(change: Partial<ClusterState>) {
    const next = { ...this.state, ...change }
    if (JSON.stringify(next) === JSON.stringify(this.state)) return
    this.state = next
    this.#around.changed()
  }
}
