import { type KubeClient, kinds, type Secret, type Watch, watchList } from '@isthmus/kubernetes'
import type { MemberRanges } from './diagnosis.ts'
import { Member, type MemberDependencies } from './member.ts'
import { type MemberCluster, memberKind, memberLabel, meshNamespace } from './resource.ts'

export type MemberControllerOptions = Omit<MemberDependencies, 'others'>

/**
 * Joins, watches over and leaves the clusters that MemberClusters of the mesh API name.
 *
 * `onJoined` is called when a member may be used: right after a start also for one whose API is away, if it was joined
 * before. It is called again for the same name when its client had to be replaced. `onLeft` when it is being removed.
 */
export class MemberController {
  readonly #o: MemberControllerOptions
  readonly #members = new Map<string, Member>()
  #watches: Watch[] = []

  constructor(options: MemberControllerOptions) {
    this.#o = options
  }

  /** Every MemberCluster, as last seen. */
  get resources(): readonly MemberCluster[] {
    return [...this.#members.values()].map(m => m.resource)
  }

  start(): void {
    const { mesh } = this.#o
    this.#watches = [
      watchList<MemberCluster>(mesh, memberKind, {
        onSync: all => {
          const names = new Set(all.map(m => m.metadata.name))
          for (const name of this.#members.keys()) if (!names.has(name)) this.#gone(name)
          for (const member of all) this.#seen(member)
        },
        onChange: (type, member) => (type === 'deleted' ? this.#gone(member.metadata.name) : this.#seen(member)),
      }),
      this.#watchSecrets(mesh),
    ]
  }

  async stop(): Promise<void> {
    await Promise.all(this.#watches.map(w => w.stop()))
    await Promise.all([...this.#members.values()].map(m => m.stop()))
    this.#members.clear()
  }

  /** The mesh's root certificate changed: every member gets the new one. */
  refreshTrust(): void {
    for (const member of this.#members.values()) member.refreshTrust()
  }

  /** A kubeconfig that comes or changes is tried at once. */
  #watchSecrets(mesh: KubeClient): Watch {
    const versions = new Map<string, string>()
    return watchList<Secret>(
      mesh,
      kinds.Secret,
      {
        onSync: () => {},
        onChange: (type, secret) => {
          const name = secret.metadata.labels?.[memberLabel] ?? ''
          const data = JSON.stringify(secret.data)
          // Our own writes of accounts, and deletions, change nothing for a member.
          if (type === 'deleted') versions.delete(secret.metadata.name)
          if (type === 'deleted' || secret.metadata.name.startsWith('isthmus-account-')) return
          if (versions.get(secret.metadata.name) === data) return
          versions.set(secret.metadata.name, data)
          this.#members.get(name)?.wake()
        },
      },
      { namespace: meshNamespace, labelSelector: memberLabel },
    )
  }

  #seen(resource: MemberCluster): void {
    const { name } = resource.metadata
    const member = this.#members.get(name)
    if (member) member.update(resource)
    else this.#members.set(name, new Member(resource, { ...this.#o, others: n => this.#rangesOfOthers(n) }))
  }

  #gone(name: string): void {
    const member = this.#members.get(name)
    this.#members.delete(name)
    if (member?.announced) this.#o.onLeft(name)
    void member?.stop()
  }

  #rangesOfOthers(name: string): MemberRanges[] {
    const network = this.#members.get(name)?.resource.spec?.network ?? ''
    return [...this.#members.values()]
      .filter(m => m.name !== name && m.joined && (m.resource.spec?.network ?? '') === network)
      .map(m => ({
        name: m.name,
        podCIDRs: m.resource.status?.podCIDRs ?? [],
        serviceCIDRs: m.resource.status?.serviceCIDRs ?? [],
      }))
  }
}
