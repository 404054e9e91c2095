import {
  type EndpointSlice,
  type KubeClient,
  type KubeObject,
  kinds,
  type LoadBalancerIngress,
  type Node,
  type Service,
  type Watch,
  watchList,
} from '@isthmus/kubernetes'
import type { ListenRequest } from '../sandbox/listeners.ts'
import type { Targets } from '../sandbox/relay.ts'
import { type ExternalAddresses, portsToTry } from './addresses.ts'
import { backendsOf, rotated } from './backends.ts'

/** Ports of the host's loopback that lead into the sandbox. */
export interface Doors {
  /** Opens or replaces the forward of that name. @returns the host's port. */
  open(request: ListenRequest & { readonly targets: Targets }): Promise<{ port: number }>
  close(forward: string): Promise<void>
}

export interface LoadBalancersOptions {
  readonly cluster: string
  readonly client: KubeClient
  readonly addresses: ExternalAddresses
  readonly doors: Doors
  /** Of the host's user, who opens the ports. */
  readonly lowestPort?: number
  readonly warn: (message: string) => void
}

/** Says which host ports a service is reached by, where they are not the service's own. */
const portsAnnotation = 'lab.isthmus.dev/host-ports'

/** Services of type LoadBalancer of one cluster: an address on the host's loopback each, forwarded to nodes' node ports. */
export class LoadBalancers {
  readonly #options: LoadBalancersOptions
  readonly #services = new Map<string, Service>()
  readonly #slices = new Map<string, EndpointSlice>()
  readonly #nodes = new Map<string, Node>()
  /** What is open: service, to its ports (service port to forward name and host port). */
  readonly #open = new Map<string, ReadonlyMap<number, { forward: string; port: number }>>()
  readonly #watches: Watch[]
  #turn = 0
  #work: Promise<void> = Promise.resolve()

  constructor(options: LoadBalancersOptions) {
    this.#options = options
    this.#watches = [
      this.#follow<Service>(kinds.Service, this.#services, name => this.#queue(name)),
      this.#follow<EndpointSlice>(kinds.EndpointSlice, this.#slices, () => {}),
      this.#follow<Node>(kinds.Node, this.#nodes, () => {}),
    ]
  }

  async stop(): Promise<void> {
    await Promise.all(this.#watches.map(watch => watch.stop()))
    await this.#work
    for (const name of [...this.#open.keys()]) await this.#closePorts(name)
  }

  #follow<T extends KubeObject>(
    kind: (typeof kinds)[keyof typeof kinds],
    into: Map<string, T>,
    changed: (name: string) => void,
  ) {
    const nameOf = (object: T) => `${object.metadata.namespace ?? ''}/${object.metadata.name}`
    return watchList<T>(this.#options.client, kind, {
      onSync: items => {
        const before = [...into.keys()]
        into.clear()
        for (const item of items) into.set(nameOf(item), item)
        for (const name of new Set([...before, ...into.keys()])) changed(name)
      },
      onChange: (type, object) => {
        if (type === 'deleted') into.delete(nameOf(object))
        else into.set(nameOf(object), object)
        changed(nameOf(object))
      },
    })
  }

  #queue(name: string) {
    this.#work = this.#work
      .then(() => this.#reconcile(name))
      .catch(error =>
        this.#options.warn(`load balancer of ${this.#options.cluster} ${name}: ${(error as Error).message}`),
      )
  }

  async #reconcile(name: string) {
    const service = this.#services.get(name)
    const ports =
      service?.spec.type === 'LoadBalancer' && !service.metadata.deletionTimestamp ? (service.spec.ports ?? []) : []
    const had = this.#open.get(name)
    if (!service || ports.length === 0) {
      if (!had) return
      await this.#closePorts(name)
      if (service && service.spec.type !== 'LoadBalancer') await this.#say(service, [])
      return
    }
    const full = `${this.#options.cluster}/${name}`
    const address = this.#options.addresses.of(full)
    const open = new Map(had)
    for (const [port, { forward }] of open)
      if (!ports.some(p => p.port === port)) {
        await this.#options.doors.close(forward)
        open.delete(port)
      }
    for (const { port, protocol = 'TCP' } of ports) {
      if (open.has(port) || protocol !== 'TCP') continue
      const forward = `lb ${full} ${port}`
      const got = await this.#options.doors.open({
        forward,
        address,
        ports: portsToTry(port, this.#options.lowestPort),
        targets: () => this.#targets(name, port),
      })
      open.set(port, { forward, port: got.port })
    }
    this.#open.set(name, open)
    const said = ports.map(({ port, protocol = 'TCP' }) => ({
      port: open.get(port)?.port ?? port,
      protocol,
      ...(protocol !== 'TCP' && { error: 'OnlyTCP' }),
    }))
    await this.#say(service, [{ ip: address, ipMode: 'Proxy', ports: said }])
  }

  #targets(name: string, port: number) {
    const service = this.#services.get(name)
    const nodePort = service?.spec.ports?.find(p => p.port === port)?.nodePort
    if (!service || !nodePort) return []
    const namespace = service.metadata.namespace
    const slices = [...this.#slices.values()].filter(
      slice =>
        slice.metadata.namespace === namespace &&
        slice.metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name,
    )
    return rotated(backendsOf(service, nodePort, [...this.#nodes.values()], slices), this.#turn++)
  }

  async #say(service: Service, ingress: LoadBalancerIngress[]) {
    const key = { name: service.metadata.name, namespace: service.metadata.namespace }
    const { client } = this.#options
    if (JSON.stringify(service.status?.loadBalancer?.ingress ?? []) !== JSON.stringify(ingress))
      await client.patchStatus(kinds.Service, key, { loadBalancer: { ingress } })
    const moved = (service.spec.ports ?? []).flatMap((p, i) => {
      const host = ingress[0]?.ports?.[i]?.port
      return host && host !== p.port ? [`${p.port}=${host}`] : []
    })
    const words = moved.length > 0 ? moved.join(',') : null
    if ((service.metadata.annotations?.[portsAnnotation] ?? null) !== words)
      await client.patch(kinds.Service, key, { metadata: { annotations: { [portsAnnotation]: words } } })
  }

  async #closePorts(name: string) {
    for (const { forward } of this.#open.get(name)?.values() ?? []) await this.#options.doors.close(forward)
    this.#open.delete(name)
    this.#options.addresses.release(`${this.#options.cluster}/${name}`)
  }
}
