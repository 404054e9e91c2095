import {
  type AnyObject,
  type Condition,
  type Deployment,
  type KubeClient,
  kinds,
  type Service,
  setCondition,
  type Watch,
  watchList,
} from '@isthmus/kubernetes'
import type { ProxySettings } from '../injection/index.ts'
import type { Finding, Origin } from '../model/index.ts'
import type { Clock, Log } from '../runtime/index.ts'
import { gatewayObjects, ownedBy } from './objects.ts'
import { type GatewayAddress, gatewaySpec, type IstioGateway, originOf } from './spec.ts'

/** A member cluster as gateways need it. */
export interface GatewayMember {
  readonly name: string
  readonly region: string
  readonly client: KubeClient
  readonly settings: ProxySettings
}

export interface GatewayControllerOptions {
  /** The mesh API, where IstioGateways are. */
  readonly mesh: KubeClient
  readonly clock: Clock
  readonly log: Log
  /** What was found wrong in IstioGateways, whenever it changes. */
  readonly onFindings?: (findings: readonly Finding[]) => void
}

interface Followed {
  readonly member: GatewayMember
  readonly watches: readonly Watch[]
  readonly services: Map<string, Service>
  readonly deployments: Map<string, Deployment>
}

const nameOf = (object: { metadata: { namespace?: string; name: string } }) =>
  `${object.metadata.namespace ?? ''}/${object.metadata.name}`
const labelOf = (gateway: IstioGateway) => `${gateway.metadata.namespace}.${gateway.metadata.name}`
const retryMs = 5_000

/**
 * Runs every IstioGateway in every member cluster: level-triggered, so that whatever was lost in between is mended. A
 * member whose API is away keeps its gateways as they are and is caught up with when it is back.
 */
export class GatewayController {
  readonly #options: GatewayControllerOptions
  readonly #gateways = new Map<string, IstioGateway>()
  readonly #members = new Map<string, Followed>()
  readonly #watch: Watch
  #synced = false
  #scheduled = false
  #running = false
  #again = false
  #stopped = false

  constructor(options: GatewayControllerOptions) {
    this.#options = options
    this.#watch = watchList<IstioGateway>(options.mesh, kinds.IstioGateway, {
      onSync: items => {
        this.#gateways.clear()
        for (const item of items) this.#gateways.set(nameOf(item), item)
        this.#synced = true
        this.#wake()
      },
      onChange: (type, object) => {
        const before = this.#gateways.get(nameOf(object))
        if (type === 'deleted') this.#gateways.delete(nameOf(object))
        else this.#gateways.set(nameOf(object), object)
        // Our own status writes come back as changes: only the generation says that the user asked for something new.
        if (type !== 'modified' || before?.metadata.generation !== object.metadata.generation) this.#wake()
      },
    })
  }

  /** Every IstioGateway there is: a condition that no longer holds is taken back. */
  get origins(): readonly Origin[] {
    return [...this.#gateways.values()].map(originOf)
  }

  /** Addresses of gateways by `CLUSTER/NAMESPACE/DEPLOYMENT`, as their statuses have them. */
  get addresses(): ReadonlyMap<string, string> {
    const all = [...this.#gateways.values()].flatMap(gateway =>
      (gateway.status?.addresses ?? [])
        .filter(a => a.address !== '')
        .map(a => [`${a.cluster}/${gateway.metadata.namespace}/istio-${gateway.metadata.name}`, a.address] as const),
    )
    return new Map(all)
  }

  memberJoined(member: GatewayMember): void {
    void this.memberLeft(member.name)
    const services = new Map<string, Service>()
    const deployments = new Map<string, Deployment>()
    const watches = [
      this.#follow<Service>(member.client, kinds.Service, services),
      this.#follow<Deployment>(member.client, kinds.Deployment, deployments),
    ]
    this.#members.set(member.name, { member, watches, services, deployments })
    this.#wake()
  }

  /** Stops following it; what was made there is removed by `cleanUp`, while its API can still be reached. */
  async memberLeft(name: string): Promise<void> {
    const followed = this.#members.get(name)
    this.#members.delete(name)
    await Promise.all(followed?.watches.map(watch => watch.stop()) ?? [])
  }

  /** Removes every gateway from a cluster that leaves the mesh. */
  async cleanUp(client: KubeClient): Promise<void> {
    for (const kind of [kinds.Service, kinds.Deployment, kinds.ServiceAccount])
      for (const object of await client.list(kind, { labelSelector: ownedBy }))
        await client.delete(kind, { name: object.metadata.name, namespace: object.metadata.namespace })
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all([this.#watch.stop(), ...[...this.#members.keys()].map(name => this.memberLeft(name))])
  }

  #follow<T extends Service | Deployment>(
    client: KubeClient,
    kind: (typeof kinds)['Service' | 'Deployment'],
    into: Map<string, T>,
  ): Watch {
    return watchList<T>(
      client,
      kind,
      {
        onSync: items => {
          into.clear()
          for (const item of items) into.set(nameOf(item), item)
          this.#wake()
        },
        onChange: (type, object) => {
          if (type === 'deleted') into.delete(nameOf(object))
          else into.set(nameOf(object), object)
          this.#wake()
        },
      },
      { labelSelector: ownedBy },
    )
  }

  #wake(afterMs = 20) {
    if (this.#stopped || !this.#synced) return
    if (this.#running) {
      this.#again = true
      return
    }
    if (this.#scheduled) return
    this.#scheduled = true
    this.#options.clock.after(afterMs, () => {
      this.#scheduled = false
      this.#running = true
      this.#reconcileAll().finally(() => {
        this.#running = false
        if (this.#again) {
          this.#again = false
          this.#wake()
        }
      })
    })
  }

  async #reconcileAll() {
    const read = [...this.#gateways.values()].map(object => ({ object, ...gatewaySpec(object) }))
    this.#options.onFindings?.(read.flatMap(({ findings }) => findings))
    let failed = false
    for (const followed of this.#members.values()) {
      try {
        await this.#reconcileMember(followed, read)
      } catch (error) {
        failed = true
        this.#options.log.warn(
          { cluster: followed.member.name, error: String(error) },
          'gateways: could not be brought up to date',
        )
      }
    }
    for (const { object, spec } of read)
      if (spec && !object.metadata.deletionTimestamp)
        await this.#say(object).catch(error =>
          this.#options.log.warn({ gateway: nameOf(object), error: String(error) }, 'gateways: status not written'),
        )
    if (failed) this.#wake(retryMs)
  }

  async #reconcileMember(
    { member, services, deployments }: Followed,
    read: readonly { object: IstioGateway; spec?: ReturnType<typeof gatewaySpec>['spec'] }[],
  ) {
    const { client, settings, name } = member
    const wanted = new Set<string>()
    for (const { object, spec } of read) {
      if (object.metadata.deletionTimestamp) continue
      // A gateway that became invalid keeps running as it was.
      wanted.add(labelOf(object))
      if (!spec || (spec.clusters && !spec.clusters.includes(name))) {
        if (spec) wanted.delete(labelOf(object))
        continue
      }
      const objects = gatewayObjects(spec, settings)
      const marked = objects.map(made => ({
        ...made,
        metadata: { ...made.metadata, annotations: { ...made.metadata.annotations, [specAnnotation]: digest(made) } },
      }))
      const known = [...services.values(), ...deployments.values()]
      const stale = marked.filter(
        made =>
          made.kind !== 'ServiceAccount' &&
          !known.some(
            k =>
              k.kind === made.kind &&
              nameOf(k) === nameOf(made) &&
              k.metadata.annotations?.[specAnnotation] === made.metadata.annotations[specAnnotation],
          ),
      )
      if (stale.length > 0) await client.apply(marked)
    }
    for (const object of [...services.values(), ...deployments.values()]) {
      const owner = object.metadata.labels?.[ownedBy]
      if (!owner || wanted.has(owner) || object.metadata.deletionTimestamp) continue
      const key = { name: object.metadata.name, namespace: object.metadata.namespace }
      await client.delete(object, key)
      if (object.kind === 'Deployment')
        for (const account of await client.list(kinds.ServiceAccount, {
          namespace: key.namespace,
          labelSelector: `${ownedBy}=${owner}`,
        }))
          await client.delete(kinds.ServiceAccount, { name: account.metadata.name, namespace: key.namespace })
    }
  }

  async #say(object: IstioGateway) {
    const addresses = [...this.#members.values()].flatMap(({ member, services, deployments }): GatewayAddress[] => {
      const key = `${object.metadata.namespace}/istio-${object.metadata.name}`
      const service = services.get(key)
      if (!service) return []
      const ingress = service.status?.loadBalancer?.ingress?.[0]
      return [
        {
          cluster: member.name,
          region: member.region,
          address: ingress?.ip ?? ingress?.hostname ?? '',
          ports: ingress?.ports?.map(port => port.port) ?? (service.spec.ports ?? []).map(port => port.port),
          readyReplicas: deployments.get(key)?.status?.readyReplicas ?? 0,
        },
      ]
    })
    addresses.sort((a, b) => (a.cluster < b.cluster ? -1 : 1))
    const ready = addresses.filter(entry => entry.address && entry.readyReplicas > 0)
    const conditions = setCondition(
      object.status?.conditions as Condition[] | undefined,
      {
        type: 'Ready',
        status: addresses.length > 0 && ready.length === addresses.length ? 'True' : 'False',
        reason: addresses.length === 0 ? 'NoMemberCluster' : ready.length === addresses.length ? 'Running' : 'Starting',
        message:
          addresses.length === 0
            ? 'no member cluster runs it yet'
            : `${ready.length} of ${addresses.length} clusters have it ready`,
        observedGeneration: object.metadata.generation,
      },
      this.#options.clock.now(),
    )
    const status = { addresses, conditions }
    if (
      JSON.stringify(object.status?.addresses) === JSON.stringify(addresses) &&
      conditions === object.status?.conditions
    )
      return
    const key = { name: object.metadata.name, namespace: object.metadata.namespace }
    const written = await this.#options.mesh.patchStatus<AnyObject>(kinds.IstioGateway, key, status)
    const held = this.#gateways.get(nameOf(object))
    if (held && held.metadata.generation === written.metadata.generation)
      this.#gateways.set(nameOf(object), written as IstioGateway)
  }
}

/** What was asked for when an object was last applied: the API server fills in defaults, so the objects cannot be compared. */
const specAnnotation = 'mesh.isthmus.dev/applied'

function digest(object: object): string {
  // FNV-1a: this tells versions of one object apart, nothing more.
  let hash = 0xcbf29ce484222325n
  for (const char of JSON.stringify(object))
    hash = ((hash ^ BigInt(char.codePointAt(0) ?? 0)) * 0x100000001b3n) & 0xffffffffffffffffn
  return hash.toString(16)
}
