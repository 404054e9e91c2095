import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onEnd } from '../on-end.ts'
import type { Redirect } from './client/fleet.ts'
import type { Mode } from './client/sidecar.ts'
import { Server } from './server.ts'
import { type Size, writeWorkload } from './workload.ts'

/** What the command line asked for. */
export interface Options {
  readonly sidecars: number
  readonly mode: Mode
  readonly redirect: Redirect
  readonly changes: number
  readonly services: number
}

/** Folders of one mesh, and its servers, one at a time. */
export class World {
  readonly config: string
  readonly scratch: string
  readonly #directory = mkdtempSync(join(tmpdir(), 'isthmus-benchmark-'))
  readonly #forget = onEnd(() => this.#clear())
  #server: Server | undefined

  constructor(write: (config: string) => void) {
    this.config = join(this.#directory, 'config')
    this.scratch = join(this.#directory, 'scratch')
    mkdirSync(this.config)
    mkdirSync(this.scratch)
    write(this.config)
  }

  /** Every mesh here but the scoped one. */
  static of(services: number): World {
    return new World(config => writeWorkload(config, sizeOf(services)))
  }

  /** A server that has seen nobody yet; the one before is stopped. */
  async fresh(): Promise<Server> {
    await this.#server?.stop()
    this.#server = await Server.start(this.config)
    return this.#server
  }

  async remove(): Promise<void> {
    await this.#server?.stop()
    this.#clear()
    this.#forget()
  }

  #clear(): void {
    rmSync(this.#directory, { recursive: true, force: true })
  }
}

export function sizeOf(services: number): Size {
  return { services, endpoints: 10, virtualServices: Math.floor(services / 10) }
}

export async function inWorld<T>(world: World, work: (world: World) => Promise<T>): Promise<T> {
  try {
    return await work(world)
  } finally {
    await world.remove()
  }
}
