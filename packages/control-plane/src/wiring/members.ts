import { join } from 'node:path'
import { conditionTrue, type KubeClient, type YamlReader } from '@isthmus/kubernetes'
import type { GatewayController } from '../gateways/index.ts'
import { clusterTokenAuthority, type TokenVerifier } from '../identity/index.ts'
import type { ProxySettings } from '../injection/index.ts'
import {
  type JoinedMember,
  type JoinSettings,
  type MemberCluster,
  MemberController,
  memberKind,
  type NetworkInventory,
} from '../members/index.ts'
import type { Clock, Log, Random } from '../runtime/index.ts'
import { type MemberSource, type MeshBuilder, memberSource } from '../sources/index.ts'

export interface MembersOptions {
  readonly mesh: KubeClient
  readonly builder: MeshBuilder
  readonly verifier: TokenVerifier
  readonly gateways: GatewayController
  readonly stateDir: string
  readonly advertise: string
  /** Reads the kubeconfigs of members. */
  readonly yaml: YamlReader
  readonly inventory?: NetworkInventory
  readonly joinSettings: (cluster: string) => JoinSettings
  readonly proxySettings: (cluster: string, network: string) => ProxySettings
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

/** Member clusters as the running control plane uses them: each one's source, token keys, gateways and proxy settings. */
export class Members {
  readonly #options: MembersOptions
  readonly #controller: MemberController
  readonly #sources = new Map<string, Promise<MemberSource>>()
  readonly #settings = new Map<string, ProxySettings>()
  readonly #clients = new Map<string, KubeClient>()
  readonly #awaited = new Map<string, () => void>()

  constructor(options: MembersOptions) {
    this.#options = options
    const { mesh, yaml, clock, log, inventory } = options
    this.#controller = new MemberController({
      ...{ mesh, yaml, clock, log, inventory },
      folder: join(options.stateDir, 'accounts'),
      from: options.advertise,
      settings: options.joinSettings,
      onJoined: member => this.#joined(member),
      onLeft: name => this.#left(name),
    })
  }

  /** Every MemberCluster, as last seen. */
  get all(): readonly MemberCluster[] {
    return this.#controller.resources
  }

  /** With the mesh's own account in that cluster; undefined where it has not joined. */
  client(cluster: string): KubeClient | undefined {
    return this.#clients.get(cluster)
  }

  settings(cluster: string): ProxySettings | undefined {
    return this.#settings.get(cluster)
  }

  /**
   * Starts, and resolves when every cluster that was joined before is known again, from its API or, where that is away,
   * from disk: before that a mesh would be missing clusters that are only not read yet.
   */
  async start(): Promise<void> {
    const { mesh, log, clock } = this.#options
    const before = (await mesh.list<MemberCluster>(memberKind)).filter(
      member => conditionTrue(member.status?.conditions, 'Joined') && !member.metadata.deletionTimestamp,
    )
    const announced = before.map(
      ({ metadata: { name } }) => new Promise<void>(resolve => this.#awaited.set(name, resolve)),
    )
    this.#controller.start()
    const known = Promise.all(announced).then(() =>
      Promise.all([...this.#sources.values()].map(source => source.then(({ ready }) => ready))),
    )
    const names = before.map(member => member.metadata.name)
    const cancel = clock.after(10_000, () =>
      log.warn({ clusters: names }, 'still waiting to know these member clusters again'),
    )
    await known
    cancel()
  }

  async stop(): Promise<void> {
    await this.#controller.stop()
    await Promise.all([...this.#sources.values()].map(async source => (await source).stop()))
  }

  refreshTrust(): void {
    this.#controller.refreshTrust()
  }

  #joined(member: JoinedMember) {
    const { builder, verifier, gateways, stateDir, clock, random, log } = this.#options
    const { name, client, region, network } = member
    const settings = this.#options.proxySettings(name, network)
    this.#settings.set(name, settings)
    this.#clients.set(name, client)
    verifier.addCluster(name, clusterTokenAuthority(client))
    gateways.memberJoined({ name, region, client, settings })
    const before = this.#sources.get(name)
    const stateDirectory = join(stateDir, 'clusters')
    // A source with a new client takes over from the old one: what is known stays in the mesh meanwhile.
    const source = (async () => {
      await (await before)?.stop()
      return memberSource({ name, client, region, network, builder, stateDirectory, clock, random, log })
    })()
    this.#sources.set(name, source)
    this.#awaited.get(name)?.()
    this.#awaited.delete(name)
    log.info({ cluster: name, region }, 'member cluster joined')
  }

  #left(name: string) {
    const source = this.#sources.get(name)
    this.#sources.delete(name)
    this.#settings.delete(name)
    this.#clients.delete(name)
    this.#options.verifier.removeCluster(name)
    void this.#options.gateways.memberLeft(name)
    void source?.then(s => s.leave())
    this.#options.log.info({ cluster: name }, 'member cluster left')
  }
}
