import { rename, writeFile } from 'node:fs/promises'
import { parse, stringify } from 'yaml'

/** One API of the world, as people reach it and as the mesh does. */
export interface Context {
  readonly name: string
  /** A kubeconfig of one context, for people on the host. */
  readonly kubeconfig: string
  /** URL inside its VPC. */
  readonly privateServer: string
  /** Further extensions of the cluster entry. */
  readonly extensions?: Readonly<Record<string, object>>
}

/** All contexts as one kubeconfig, the first one current. */
export function mergeContexts(contexts: readonly Context[]): string {
  const files = contexts.map(({ kubeconfig, privateServer, extensions = {} }) => {
    const file = parse(kubeconfig)
    const all = { 'isthmus.dev/private-server': { server: privateServer }, ...extensions }
    const list = Object.entries(all).map(([name, extension]) => ({ name, extension }))
    for (const { cluster } of file.clusters) cluster.extensions = list
    return file
  })
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': contexts[0]?.name ?? '',
    clusters: files.flatMap(f => f.clusters),
    users: files.flatMap(f => f.users),
    contexts: files.flatMap(f => f.contexts),
  })
}

/** Whoever reads the file sees the old or the new one. */
export async function writeWhole(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600 })
  await rename(`${file}.new`, file)
}
