import { KubeError } from './errors.ts'
import type { Kind, Resource } from './kinds.ts'
import { apiRoot, knownResource } from './kinds.ts'

interface ApiResourceList {
  resources?: { name: string; kind: string; namespaced: boolean }[]
}

/** Finds a kind's path: from the static map, else by asking the API once per group and version (again on a miss: CRDs come). */
export class Discovery {
  readonly #ask: (path: string) => Promise<ApiResourceList>
  readonly #found = new Map<string, Resource>()

  constructor(ask: (path: string) => Promise<ApiResourceList>) {
    this.#ask = ask
  }

  async resource(kind: Kind): Promise<Resource> {
    const key = `${kind.apiVersion}/${kind.kind}`
    const at = knownResource(kind) ?? this.#found.get(key)
    if (at) return at
    const path = apiRoot(kind.apiVersion)
    const list = await this.#ask(path)
    for (const r of list.resources ?? []) {
      if (!r.name.includes('/'))
        this.#found.set(`${kind.apiVersion}/${r.kind}`, { plural: r.name, namespaced: r.namespaced })
    }
    const found = this.#found.get(key)
    if (found) return found
    throw new KubeError(
      'notFound',
      404,
      'KindNotServed',
      `GET ${path}`,
      `the API does not serve ${kind.kind} of ${kind.apiVersion}`,
    )
  }
}
