import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, type ClusterAccess, KubeClient } from '@isthmus/kubernetes'

/**
 * The client of one member with the mesh's own account. The token lies in a file, which the client reads again: it may be
 * renewed under clients that are in use.
 */
export class Connection {
  readonly client: KubeClient
  readonly #file: string

  private constructor(client: KubeClient, file: string) {
    this.client = client
    this.#file = file
  }

  static async open(o: { name: string; access: ClusterAccess; folder: string; clock: Clock }): Promise<Connection> {
    const file = join(o.folder, `${encodeURIComponent(o.name)}.token`)
    await writeToken(file, o.folder, o.access.token ?? '')
    const { token: _, ...access } = o.access
    return new Connection(new KubeClient({ ...access, tokenFile: file }, { clock: o.clock }), file)
  }

  /** True where this connection serves for that access; its token may differ. */
  serves(access: ClusterAccess): boolean {
    const own = this.client.access
    return (
      own.server === access.server &&
      own.ca === access.ca &&
      own.tlsServerName === access.tlsServerName &&
      own.insecureSkipTlsVerify === access.insecureSkipTlsVerify
    )
  }

  async renew(token: string): Promise<void> {
    await writeToken(this.#file, join(this.#file, '..'), token)
  }

  async close(): Promise<void> {
    await this.client.close()
  }

  async forget(): Promise<void> {
    await this.close()
    await rm(this.#file, { force: true })
  }
}

async function writeToken(file: string, folder: string, token: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(`${file}.new`, token, { mode: 0o600 })
  await rename(`${file}.new`, file)
}
