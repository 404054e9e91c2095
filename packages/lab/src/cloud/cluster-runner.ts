import { join } from 'node:path'
import { KubeClient, parseKubeconfig } from '@isthmus/kubernetes'
import { type ApiServer, startApiServer } from '../cluster/index.ts'
import { type ExternalAddresses, LoadBalancers } from '../loadbalancer/index.ts'
import type { Folders, Host } from '../world/host.ts'
import type { Context } from '../world/kubeconfig.ts'
import type { Place } from './control.ts'
import type { ClusterPlan } from './plan.ts'
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
  server?: ApiServer
  client?: KubeClient
  readonly #around: Surroundings
  #loadBalancers?: LoadBalancers
  #stopped = false

  constructor(plan: ClusterPlan, around: Surroundings) {
    this.plan = plan
    this.#around = around
    const privateEndpoint = `https://${plan.address}:${apiPort}`
    this.state = { phase: 'Starting', message: 'API server starting', privateEndpoint, nodes: [] }
  }

  start(): void {
    this.#start().catch((error: Error) => {
      if (!this.#stopped) this.#say({ phase: 'Failed', message: error.message })
    })
  }

  /** Nodes come and go; the rest of a cluster's plan does not change. */
  update(plan: ClusterPlan): void {
    this.plan = plan
  }

  /** Stops the nodes that a new plan has no longer, before their network goes. */
  async shrink(_plan: ClusterPlan): Promise<void> {}

  async powerOff(_node: string): Promise<void> {}
  async powerOn(_node: string): Promise<void> {}

  /** `CLUSTER/NAMESPACE/POD`, `NAMESPACE/POD` or the beginning of a pod's name. */
  async findPod(_name: string): Promise<Place | undefined> {
    return undefined
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#loadBalancers?.stop()
    await this.client?.close()
    await this.server?.stop()
    await this.#around.host.close(`api/${this.plan.name}`)
  }

  async #start(): Promise<void> {
    const { name, namespace, address, serviceCIDR } = this.plan
    const { host, folders, addresses, lowestPort } = this.#around
    const dir = join(folders.inside, name)
    this.server = await startApiServer({
      name,
      netns: namespace,
      address,
      port: apiPort,
      dir,
      serviceCidr: serviceCIDR,
    })
    await this.server.ready()
    const targets = () => [{ host: address, port: apiPort }]
    const { port } = await host.open({
      forward: `api/${name}`,
      address: '127.0.0.1',
      ports: [16445, 16446, 16447, 0],
      targets,
    })
    const publicEndpoint = `https://127.0.0.1:${port}`
    this.context = { name, kubeconfig: this.server.adminKubeconfig(publicEndpoint), privateServer: this.server.url }
    this.#say({ phase: 'Running', message: 'API server ready', publicEndpoint })
    host.progress(`${name}: API server ready at ${publicEndpoint}`)
    const client = new KubeClient(parseKubeconfig(this.server.adminKubeconfig(this.server.url)).access())
    this.client = client
    this.#loadBalancers = new LoadBalancers({
      cluster: name,
      client,
      addresses,
      lowestPort,
      doors: host,
      warn: host.progress,
    })
  }

  #say(change: Partial<ClusterState>) {
    this.state = { ...this.state, ...change }
    this.#around.changed()
  }
}
