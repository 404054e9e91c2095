import { randomBytes } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { status } from '@grpc/grpc-js'
import { findImage, type ImageTable, unknownImage } from '../images/index.ts'
import { dropCgroup, makeCgroup } from './limits.ts'
import type { Prepared } from './prepare.ts'
import { prepareContainer, surroundings } from './prepare.ts'
import { CallError, type ContainerConfig, notFound, type SandboxConfig } from './protocol.ts'
import type { Base } from './root.ts'
import { adopt, end, howItEnded, launch, type Running } from './running.ts'
import type { ContainerRecord, SandboxRecord, Store } from './store.ts'

export type ContainerEvent = 'CREATED' | 'STARTED' | 'STOPPED' | 'DELETED'

export interface ContainersOptions {
  readonly store: Store
  readonly table: ImageTable
  readonly base: Base
  readonly programs: string
  readonly node: string
  /** See Settings.cgroup. */
  readonly cgroup?: string
  readonly onEvent: (event: ContainerEvent, container: ContainerRecord) => void
}

/** The containers of a node: made, started, watched, ended, removed. */
export class Containers {
  readonly #options: ContainersOptions
  readonly #running = new Map<string, Running>()

  constructor(options: ContainersOptions) {
    this.#options = options
    for (const record of options.store.containers.values()) this.#recover(record)
  }

  /** By id or the beginning of one, as people type it. */
  get(id: string): ContainerRecord {
    const { containers } = this.#options.store
    const found = containers.get(id) ?? (id && [...containers.values()].find(one => one.id.startsWith(id)))
    if (!found) throw notFound('container', id)
    return found
  }

  /** The process id of a running container; throws when it does not run. */
  pid(id: string): number {
    const running = this.#running.get(this.get(id).id)
    if (!running) throw new CallError(status.FAILED_PRECONDITION, `container ${id} is not running`)
    return running.pid
  }

  create(sandbox: SandboxRecord, config: ContainerConfig, sandboxConfig: SandboxConfig): ContainerRecord {
    const image = findImage(this.#options.table, config.image.user_specified_image || config.image.image)
    if (!image) throw new CallError(status.NOT_FOUND, unknownImage(this.#options.table, config.image.image).message)
    const logs = sandboxConfig.log_directory || sandbox.config.log_directory
    const record: ContainerRecord = {
      id: randomBytes(16).toString('hex'),
      sandboxId: sandbox.id,
      config,
      image: image.id,
      createdAt: Date.now(),
      logFile: config.log_path ? join(logs, config.log_path) : undefined,
    }
    this.#options.store.putContainer(record)
    this.#options.onEvent('CREATED', record)
    return record
  }

  async start(id: string): Promise<void> {
    const { store, onEvent } = this.#options
    const record = this.get(id)
    const sandbox = store.sandboxes.get(record.sandboxId)
    if (!sandbox?.ready) throw new CallError(status.FAILED_PRECONDITION, `sandbox ${record.sandboxId} is not ready`)
    if (record.startedAt !== undefined) throw new CallError(status.FAILED_PRECONDITION, `${id} was started already`)
    const folder = store.containerFolder(record.id)
    let running: Running
    try {
      const memory = Number(record.config.linux?.resources?.memory_limit_in_bytes ?? 0)
      const cgroup = this.#options.cgroup && makeCgroup(this.#options.cgroup, record.id, memory)
      prepareContainer({ ...this.#context(record, sandbox), folder, base: this.#options.base, cgroup })
      running = await launch({ folder, netns: sandbox.link?.netns, logFile: record.logFile })
    } catch (error) {
      // As other runtimes have it, so that the kubelet backs off as after any other failure.
      const ended = { at: Date.now(), code: 128, reason: 'StartError' }
      store.putContainer({ ...record, startedAt: ended.at, ended })
      throw error
    }
    const started = { ...record, startedAt: Date.now() }
    store.putContainer(started)
    this.#watch(started, running)
    onEvent('STARTED', started)
  }

  async stop(id: string, graceSeconds: number): Promise<void> {
    const running = this.#running.get(id)
    if (running) await end(running, graceSeconds)
  }

  async remove(id: string): Promise<void> {
    const record = this.#options.store.containers.get(id)
    if (!record) return
    await this.stop(id, 0)
    if (this.#options.cgroup) dropCgroup(this.#options.cgroup, id)
    this.#options.store.dropContainer(id)
    this.#options.onEvent('DELETED', record)
  }

  reopenLog(id: string): void {
    this.#running.get(this.get(id).id)?.logs.reopen()
  }

  /** How a command is run inside a container. */
  surroundings(id: string): Prepared {
    const record = this.get(id)
    const sandbox = this.#options.store.sandboxes.get(record.sandboxId)
    if (!sandbox) throw notFound('sandbox', record.sandboxId)
    return surroundings(this.#context(record, sandbox))
  }

  #context(record: ContainerRecord, sandbox: SandboxRecord) {
    const { table, programs, node } = this.#options
    const wanted = record.config.image.user_specified_image || record.config.image.image
    const image = findImage(table, wanted)
    if (!image) throw new CallError(status.NOT_FOUND, unknownImage(table, wanted).message)
    const { config } = sandbox
    return { config: record.config, image, hostname: config.hostname || node, dns: config.dns_config, programs }
  }

  #watch(record: ContainerRecord, running: Running): void {
    this.#running.set(record.id, running)
    void running.ended.then(ended => {
      this.#running.delete(record.id)
      const current = this.#options.store.containers.get(record.id)
      if (!current) return
      const over = { ...current, ended }
      this.#options.store.putContainer(over)
      this.#options.onEvent('STOPPED', over)
    })
  }

  /** After a restart: what runs is taken over, what ended meanwhile is noted, what was half started is ended. */
  #recover(record: ContainerRecord): void {
    const { store } = this.#options
    if (record.ended) return
    const folder = store.containerFolder(record.id)
    const begun = existsSync(join(folder, 'argv'))
    if (!begun) return
    const running = adopt(folder, record.logFile)
    const startedAt = record.startedAt ?? Date.now()
    const current = { ...record, startedAt }
    if (running) {
      store.putContainer(current)
      this.#watch(current, running)
    } else {
      store.putContainer({ ...current, ended: howItEnded(folder) })
      rmSync(join(folder, 'stdin'), { force: true })
    }
  }
}
