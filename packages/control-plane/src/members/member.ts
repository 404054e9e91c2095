import { conditionTrue, KubeClient, type YamlReader } from '@isthmus/kubernetes'
import type { Clock, Log } from '../runtime/index.ts'
import { Connection } from './connection.ts'
import { ownAccess, renewalDue } from './credentials.ts'
import { diagnose } from './diagnose.ts'
import { type Diagnosis, type MemberRanges, unusable } from './diagnosis.ts'
import type { NetworkInventory } from './inventory.ts'
import { applyWebhook, createAccount, leave } from './join.ts'
import type { JoinSettings } from './manifests.ts'
import { joinPermissions, memberPermissions } from './permissions.ts'
import { MemberRecord } from './record.ts'
import type { MemberCluster } from './resource.ts'
import { type ChosenCredentials, chooseCredentials, forgetGiven, forgetSecrets, keepAccount } from './secrets.ts'
import type { Phase } from './status.ts'
import { Steps } from './steps.ts'
import { TrustDistributor } from './trust.ts'

/** Milliseconds. */
const heartbeat = 10_000
const fullCheck = 60_000
const firstPause = 1_000
const longestPause = 5_000

/** A member the mesh may use. `client` works with the mesh's own account. */
export interface JoinedMember {
  readonly name: string
  readonly client: KubeClient
  /** The region of nodes that carry no label; '' where the nodes' labels alone say. */
  readonly region: string
  readonly network: string
}

export interface MemberDependencies {
  readonly mesh: KubeClient
  readonly yaml: YamlReader
  readonly clock: Clock
  readonly log: Log
  /** Folder for tokens of the mesh's own accounts. */
  readonly folder: string
  /** IP address of the control plane, as the network inventory knows it. */
  readonly from: string
  readonly inventory?: NetworkInventory
  readonly settings: (cluster: string) => JoinSettings
  readonly others: (name: string) => readonly MemberRanges[]
  readonly onJoined: (member: JoinedMember) => void
  readonly onLeft: (name: string) => void
}

/**
 * One member: joins it, keeps what was made there as it should be, notices when its API is away and says why, leaves it.
 * One step at a time; a change of the resource or its Secrets, and time, make the next one.
 */
export class Member {
  readonly name: string
  readonly #d: MemberDependencies
  readonly #record: MemberRecord
  /** The generation the current step looks at. */
  #generation: number | undefined
  #connection: Connection | undefined
  #trust: TrustDistributor | undefined
  #joined: boolean
  #announced = false
  #lastContact = 0
  /** Regions its nodes' labels name. */
  #regions: readonly string[]
  #lastCheck = Number.NEGATIVE_INFINITY
  #failures = 0
  readonly #steps: Steps

  constructor(resource: MemberCluster, d: MemberDependencies) {
    this.name = resource.metadata.name
    this.#record = new MemberRecord(resource, d.mesh, d.log)
    this.#d = d
    this.#joined = conditionTrue(resource.status?.conditions, 'Joined')
    this.#regions = resource.status?.regions ?? []
    this.#lastContact = Date.parse(resource.status?.lastContact ?? '') || 0
    this.#steps = new Steps(d.clock, () =>
      this.#step().catch(async error => {
        d.log.warn({ cluster: this.name, error: String(error) }, 'member cluster')
        return this.#failed('JoinFailed', `ISM4012: ${error instanceof Error ? error.message : error}`)
      }),
    )
    this.wake()
  }

  get resource(): MemberCluster {
    return this.#record.resource
  }

  get joined(): boolean {
    return this.#joined
  }

  /** True between onJoined and onLeft. */
  get announced(): boolean {
    return this.#announced
  }

  /** The resource as it is now; only a new spec or its deletion makes a step. */
  update(resource: MemberCluster): void {
    if (this.#record.see(resource)) this.wake()
  }

  /** Look now, from the beginning. */
  wake(): void {
    this.#lastCheck = Number.NEGATIVE_INFINITY
    this.#failures = 0
    this.#steps.wake()
  }

  async stop(): Promise<void> {
    this.#steps.stop()
    await this.#disconnect()
  }

  /** One step; gives the milliseconds until the next, undefined: none. */
  async #step(): Promise<number | undefined> {
    this.#generation = this.resource.metadata.generation
    if (this.resource.metadata.deletionTimestamp) return this.#leave()
    await this.#record.hold()
    if (this.#connection && this.#joined && this.#d.clock.now() - this.#lastCheck < fullCheck) return this.#beat()
    return this.#check()
  }

  /** A sign of life from the API; without one, the whole diagnosis. */
  async #beat(): Promise<number> {
    try {
      await this.#connection!.client.probe()
      this.#lastContact = this.#d.clock.now()
      await this.#report({ kind: 'ready' })
      return heartbeat
    } catch {
      return this.#check()
    }
  }

  async #check(): Promise<number> {
    // At the beginning: who is woken meanwhile looks again.
    this.#lastCheck = this.#d.clock.now()
    let credentials: ChosenCredentials
    try {
      credentials = await chooseCredentials(this.#d, this.resource)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      // Without credentials its API cannot be read, but what is known of it still counts.
      const server = this.#connection ? undefined : this.resource.status?.server
      if (this.#joined && server) await this.#connect({ access: { server } })
      return this.#failed('KubeconfigUnusable', `ISM4010: ${message}`, unusable(message))
    }
    // What is known of a joined member is used from the start, whether or not its API is there.
    if (this.#joined && credentials.own) await this.#connect(credentials)
    if (!this.#joined) await this.#report({ kind: 'joining', message: `connecting to ${credentials.access.server}` })
    const diagnosis = await this.#diagnose(credentials)
    if (diagnosis.failed) return this.#failed(diagnosis.failed.reason, diagnosis.failed.message, diagnosis)
    this.#lastContact = this.#d.clock.now()
    this.#regions = diagnosis.facts?.regions ?? []
    await this.#join(credentials)
    this.#failures = 0
    await this.#report({ kind: 'ready' }, diagnosis)
    return heartbeat
  }

  async #diagnose(credentials: ChosenCredentials): Promise<Diagnosis> {
    const client = new KubeClient(credentials.access, { clock: this.#d.clock, timeoutMs: 10_000 })
    const known = this.#joined ? this.#regions[0] : undefined
    try {
      return await diagnose({
        client,
        permissions: credentials.own ? memberPermissions : joinPermissions,
        from: this.#d.from,
        inventory: this.#d.inventory,
        region: this.resource.spec?.region ?? known,
        others: this.#d.others(this.name),
      })
    } finally {
      await client.close()
    }
  }

  /** Makes, or brings up to date, what the mesh has in the cluster. Throws KubeError. */
  async #join(credentials: ChosenCredentials): Promise<void> {
    let { access } = credentials
    if (!credentials.own || renewalDue(credentials.expires, this.#d.clock.now())) {
      const client = new KubeClient(access, { clock: this.#d.clock })
      try {
        if (!credentials.own) await createAccount(client)
        access = await ownAccess(client)
      } finally {
        await client.close()
      }
      await keepAccount(this.#d.mesh, this.name, access, credentials.digest)
    }
    if (credentials.given) await forgetGiven(this.#d.mesh, this.resource, credentials.digest)
    await this.#connect({ ...credentials, access })
    await applyWebhook(this.#connection!.client, this.#d.settings(this.name))
    this.#joined = true
    this.#announce()
  }

  async #connect({ access }: Pick<ChosenCredentials, 'access'>): Promise<void> {
    if (this.#connection?.serves(access)) {
      if (access.token) await this.#connection.renew(access.token)
    } else {
      await this.#disconnect()
      const { clock, folder } = this.#d
      this.#connection = await Connection.open({ name: this.name, access, folder, clock })
    }
    if (this.#joined) this.#announce()
  }

  #announce(): void {
    if (this.#announced || !this.#connection) return
    this.#announced = true
    const { client } = this.#connection
    const { clock, log } = this.#d
    const root = () => this.#d.settings(this.name).rootCertificate
    this.#trust = new TrustDistributor({ client, root, clock, log })
    const { region = '', network = '' } = this.resource.spec ?? {}
    this.#d.onJoined({ name: this.name, client, region: region || this.#onlyRegion(), network })
  }

  #onlyRegion(): string {
    return this.#regions.length === 1 ? this.#regions[0]! : ''
  }

  /** The mesh's root certificate changed. */
  refreshTrust(): void {
    this.#trust?.refresh()
    this.wake()
  }

  async #disconnect(): Promise<void> {
    const [trust, connection] = [this.#trust, this.#connection]
    this.#trust = undefined
    this.#connection = undefined
    this.#announced = false
    await trust?.stop()
    await connection?.close()
  }

  async #leave(): Promise<number | undefined> {
    const connection = this.#connection
    if (this.#announced) this.#d.onLeft(this.name)
    await this.#disconnect()
    const credentials = await chooseCredentials(this.#d, this.resource).catch(() => undefined)
    if (credentials && this.#joined) {
      const client = new KubeClient(credentials.access, { clock: this.#d.clock })
      try {
        await this.#report({ kind: 'leaving', message: 'taking away what the mesh made in the cluster' })
        await leave(client)
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        await this.#report({
          kind: 'leaving',
          message: `what the mesh made in the cluster cannot be taken away yet: ${why}; "isthmus cluster remove --force" leaves it there`,
        })
        return this.#pause()
      } finally {
        await client.close()
      }
    }
    await connection?.forget()
    await forgetSecrets(this.#d.mesh, this.name)
    await this.#record.release()
    return undefined
  }

  async #failed(reason: string, message: string, diagnosis?: Diagnosis): Promise<number> {
    this.#lastCheck = Number.NEGATIVE_INFINITY
    this.#d.log.info({ cluster: this.name, reason, message }, 'member cluster not ready')
    await this.#report({ kind: 'failed', reason, message }, diagnosis)
    return this.#pause()
  }

  #pause(): number {
    return Math.min(firstPause * 2 ** this.#failures++, longestPause)
  }

  async #report(phase: Phase, diagnosis?: Diagnosis): Promise<void> {
    await this.#record.report({
      generation: this.#generation,
      phase,
      joined: this.#joined,
      diagnosis,
      lastContact: this.#lastContact || undefined,
      server: this.#connection?.client.access.server,
      now: this.#d.clock.now(),
    })
  }
}
