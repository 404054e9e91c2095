import { hasAny } from '../collections/index.ts'
import { noReferences, type Resource } from './resource.ts'

/** Names of resources that a pass took away. */
export interface Gone {
  readonly clusters: ReadonlySet<string>
  readonly routes: ReadonlySet<string>
}

/** What is published of one piece of a type's items. */
export class Taken {
  readonly resources: readonly Resource[]
  readonly names: readonly string[]
  #references: Gone | undefined

  constructor(resources: readonly Resource[]) {
    this.resources = resources
    this.names = resources.map(r => r.name)
  }

  /** True where something of it needs what has gone. */
  needs(gone: Gone): boolean {
    this.#references ??= referencesOf(this.resources)
    const { clusters, routes } = this.#references
    return hasAny(clusters, gone.clusters) || hasAny(routes, gone.routes)
  }
}

function referencesOf(resources: readonly Resource[]): Gone {
  const [clusters, routes] = [new Set<string>(), new Set<string>()]
  for (const { references = noReferences } of resources) {
    for (const name of references.clusters) clusters.add(name)
    for (const name of references.routes) routes.add(name)
  }
  return { clusters, routes }
}
