import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { gatewayOf, nextAddress, parseBlock } from './addresses.ts'
import type { Containers } from './containers.ts'
import { dropLink, makeLink, netnsPath, podLink } from './network.ts'
import { notFound, type SandboxConfig } from './protocol.ts'
import type { SandboxRecord, Store } from './store.ts'

/** The pods' sandboxes of a node: a network namespace with an address each. */
export class Sandboxes {
  readonly #store: Store
  readonly #containers: Containers
  readonly #block: ReturnType<typeof parseBlock>

  readonly #lastFile: string

  /** @param lastFile holds the address given last, which the next one follows. */
  constructor(store: Store, containers: Containers, podBlock: string, lastFile: string) {
    this.#lastFile = lastFile
    this.#store = store
    this.#containers = containers
    this.#block = parseBlock(podBlock)
    // A namespace that is gone cannot come back: the kubelet makes a new sandbox.
    for (const record of store.sandboxes.values())
      if (record.ready && record.link && !existsSync(netnsPath(record.link.netns)))
        store.putSandbox({ ...record, ready: false })
  }

  get(id: string): SandboxRecord {
    const found = this.#store.sandboxes.get(id)
    if (!found) throw notFound('sandbox', id)
    return found
  }

  async run(config: SandboxConfig): Promise<SandboxRecord> {
    const id = randomBytes(16).toString('hex')
    const onNode = config.linux?.security_context?.namespace_options?.network === 'NODE'
    const record: SandboxRecord = {
      id,
      config,
      createdAt: Date.now(),
      ready: false,
      link: onNode ? undefined : podLink(id, this.#takeAddress(), gatewayOf(this.#block)),
    }
    // On disk before it is made: a runtime killed in between finds what to take down.
    this.#store.putSandbox(record)
    try {
      if (record.link) await makeLink(record.link, config.linux?.sysctls)
      if (config.log_directory) mkdirSync(config.log_directory, { recursive: true })
    } catch (error) {
      this.#store.dropSandbox(id)
      throw error
    }
    const ready = { ...record, ready: true }
    this.#store.putSandbox(ready)
    return ready
  }

  async stop(id: string): Promise<void> {
    const record = this.#store.sandboxes.get(id)
    if (!record) return
    await Promise.all(this.#store.containersOf(id).map(container => this.#containers.stop(container.id, 0)))
    if (record.link) await dropLink(record.link)
    if (this.#store.sandboxes.has(id)) this.#store.putSandbox({ ...record, ready: false })
  }

  async remove(id: string): Promise<void> {
    await this.stop(id)
    for (const container of this.#store.containersOf(id)) await this.#containers.remove(container.id)
    this.#store.dropSandbox(id)
  }

  #takeAddress(): string {
    const used = new Set(
      [...this.#store.sandboxes.values()].flatMap(({ link }) =>
        link && existsSync(netnsPath(link.netns)) ? [link.address] : [],
      ),
    )
    const pending = [...this.#store.sandboxes.values()].flatMap(({ link, ready, createdAt }) =>
      link && !ready && Date.now() - createdAt < 10_000 ? [link.address] : [],
    )
    const last = existsSync(this.#lastFile) ? readFileSync(this.#lastFile, 'utf8') : undefined
    const address = nextAddress(this.#block, new Set([...used, ...pending]), last)
    writeFileSync(this.#lastFile, address)
    return address
  }
}
