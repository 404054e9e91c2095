import { isKubeError, type KubeClient } from '@isthmus/kubernetes'
import type { Log } from '../runtime/index.ts'
import { type MemberCluster, memberFinalizer, memberKind } from './resource.ts'
import { memberStatus, type StatusInput } from './status.ts'

/** A member's resource: as it was last seen, and what the control plane writes on it. */
export class MemberRecord {
  readonly name: string
  readonly #mesh: KubeClient
  readonly #log: Log
  #resource: MemberCluster
  #written = ''

  constructor(resource: MemberCluster, mesh: KubeClient, log: Log) {
    this.name = resource.metadata.name
    this.#resource = resource
    this.#mesh = mesh
    this.#log = log
  }

  get resource(): MemberCluster {
    return this.#resource
  }

  /** The resource as it is now. @returns true where its spec is another, or it is being deleted */
  see(resource: MemberCluster): boolean {
    const before = this.#resource
    this.#resource = { ...resource, status: before.status ?? resource.status }
    return (
      before.metadata.generation !== resource.metadata.generation ||
      before.metadata.deletionTimestamp !== resource.metadata.deletionTimestamp
    )
  }

  /** Writes the status, where it says something else than before. */
  async report(found: Omit<StatusInput, 'member'>): Promise<void> {
    const status = memberStatus({ member: this.#resource, ...found })
    const text = JSON.stringify(status)
    if (text === this.#written) return
    try {
      await this.#mesh.patchStatus(memberKind, { name: this.name }, status)
      this.#written = text
      this.#resource = { ...this.#resource, status }
    } catch (error) {
      if (!isKubeError(error, 'notFound'))
        this.#log.warn({ cluster: this.name, error: String(error) }, 'status not written')
    }
  }

  /** While it is held, the resource is not gone: first the cluster is left. */
  async hold(): Promise<void> {
    if (!this.#resource.metadata.finalizers?.includes(memberFinalizer)) await this.#setFinalizer(true)
  }

  async release(): Promise<void> {
    await this.#setFinalizer(false)
  }

  async #setFinalizer(present: boolean): Promise<void> {
    const others = (this.#resource.metadata.finalizers ?? []).filter(f => f !== memberFinalizer)
    const finalizers = present ? [...others, memberFinalizer] : others
    await this.#mesh.patch(memberKind, { name: this.name }, { metadata: { finalizers } }).catch(error => {
      if (!isKubeError(error, 'notFound')) throw error
    })
  }
}
