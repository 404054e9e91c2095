import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PodLink } from './network.ts'
import type { ContainerConfig, SandboxConfig } from './protocol.ts'

/** A pod's sandbox as it is kept on disk. Times are milliseconds. */
export interface SandboxRecord {
  readonly id: string
  readonly config: SandboxConfig
  readonly createdAt: number
  readonly ready: boolean
  /** Absent for a pod on its node's network. */
  readonly link?: PodLink
}

/** A container as it is kept on disk. What happens to its process is beside it, written by the process's own keeper. */
export interface ContainerRecord {
  readonly id: string
  readonly sandboxId: string
  readonly config: ContainerConfig
  readonly image: string
  readonly createdAt: number
  readonly logFile?: string
  /** Set when its process was asked for. */
  readonly startedAt?: number
  /** Set when it was seen to end. */
  readonly ended?: Ended
}

export interface Ended {
  readonly at: number
  readonly code: number
  readonly reason: string
}

/**
 * The runtime's memory: one folder per sandbox and container on the node's disk, so that a runtime that was killed finds
 * its pods again.
 */
export class Store {
  readonly sandboxes = new Map<string, SandboxRecord>()
  readonly containers = new Map<string, ContainerRecord>()
  readonly #root: string

  constructor(root: string) {
    this.#root = root
    for (const kind of ['sandboxes', 'containers']) mkdirSync(join(root, kind), { recursive: true, mode: 0o700 })
    for (const record of this.#read<SandboxRecord>('sandboxes')) this.sandboxes.set(record.id, record)
    for (const record of this.#read<ContainerRecord>('containers')) this.containers.set(record.id, record)
  }

  sandboxFolder(id: string): string {
    return join(this.#root, 'sandboxes', id)
  }

  containerFolder(id: string): string {
    return join(this.#root, 'containers', id)
  }

  putSandbox(record: SandboxRecord): void {
    this.sandboxes.set(record.id, record)
    this.#write(this.sandboxFolder(record.id), record)
  }

  putContainer(record: ContainerRecord): void {
    this.containers.set(record.id, record)
    this.#write(this.containerFolder(record.id), record)
  }

  dropSandbox(id: string): void {
    this.sandboxes.delete(id)
    rmSync(this.sandboxFolder(id), { recursive: true, force: true })
  }

  dropContainer(id: string): void {
    this.containers.delete(id)
    rmSync(this.containerFolder(id), { recursive: true, force: true })
  }

  containersOf(sandboxId: string): ContainerRecord[] {
    return [...this.containers.values()].filter(container => container.sandboxId === sandboxId)
  }

  #write(folder: string, record: object): void {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const beside = join(folder, 'record.part')
    writeFileSync(beside, JSON.stringify(record), { mode: 0o600 })
    renameSync(beside, join(folder, 'record.json'))
  }

  #read<T>(kind: string): T[] {
    const folder = join(this.#root, kind)
    return readdirSync(folder).flatMap(id => {
      const file = join(folder, id, 'record.json')
      if (existsSync(file)) return [JSON.parse(readFileSync(file, 'utf8')) as T]
      // A runtime killed between making the folder and the record: nobody was told of it.
      rmSync(join(folder, id), { recursive: true, force: true })
      return []
    })
  }
}
