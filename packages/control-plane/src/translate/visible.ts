import type { SidecarScope } from '../model/index.ts'

interface Placed {
  readonly namespace: string
  readonly exportTo: readonly string[]
}

/** A list by who may see what of it: what a view sees is found at the cost of that, not of the mesh. */
export class VisibleFrom<T extends Placed> {
  readonly #all: readonly T[]
  readonly #place = new Map<T, number>()
  /** By the namespace they are of. */
  readonly #of = new Map<string, T[]>()
  readonly #toEverybody: T[] = []
  /** What is not for everybody, by each namespace that sees it. */
  readonly #to = new Map<string, T[]>()

  constructor(all: readonly T[]) {
    this.#all = all
    for (const [i, one] of all.entries()) {
      this.#place.set(one, i)
      add(this.#of, one.namespace, one)
      if (one.exportTo.length === 0 || one.exportTo.includes('*')) this.#toEverybody.push(one)
      else for (const name of new Set(one.exportTo)) add(this.#to, name === '.' ? one.namespace : name, one)
    }
  }

  /**
   * All that proxies of a namespace may see, in the list's order, and perhaps more: what a Sidecar says of hosts is for the
   * caller, and exportTo too where the Sidecar names namespaces.
   */
  candidates(namespace: string, sidecar: SidecarScope | undefined): readonly T[] {
    const from = namespacesOf(sidecar, namespace)
    if (!from && this.#to.size === 0) return this.#all
    const some = from
      ? [...from].flatMap(name => this.#of.get(name) ?? [])
      : [...this.#toEverybody, ...(this.#to.get(namespace) ?? [])]
    return some.sort((a, b) => this.#place.get(a)! - this.#place.get(b)!)
  }
}

function add<T>(map: Map<string, T[]>, key: string, one: T): void {
  const list = map.get(key)
  if (!list) map.set(key, [one])
  else if (list.at(-1) !== one) list.push(one)
}

/** The namespaces that a Sidecar's egress hosts name; undefined where they say all. */
function namespacesOf(sidecar: SidecarScope | undefined, own: string): ReadonlySet<string> | undefined {
  if (!sidecar?.egressHosts) return undefined
  const names = new Set<string>()
  for (const pattern of sidecar.egressHosts) {
    const slash = pattern.indexOf('/')
    const from = slash < 0 ? '*' : pattern.slice(0, slash)
    if (from === '*') return undefined
    names.add(from === '.' ? own : from)
  }
  return names
}
