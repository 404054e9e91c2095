import type { MeshChange } from '../../sources/index.ts'

/** Kinds of changes, from what may touch the most to what touches the least. A push of several counts as its first. */
const changeKinds = ['everything', 'clusters', 'rules', 'services', 'credentials', 'workloads', 'endpoints'] as const
export type ChangeKind = (typeof changeKinds)[number]

/** What a change passes through, in this order. */
export const stages = ['read', 'wait', 'make', 'write', 'acknowledge'] as const
export type Stage = (typeof stages)[number]

/** One step of the mesh on its way to the proxies. Times are milliseconds; without a word more, on PushLog's clock. */
export interface Push {
  readonly id: number
  /** When a source heard of it. */
  readonly heard: number
  /** When the mesh showed it. */
  readonly published: number
  /** When views began to follow it, and when they had. */
  readonly follows: number
  readonly followed: number
  readonly kind: ChangeKind
  readonly kinds: readonly ChangeKind[]
  /** Hosts, tables of rules, workloads: the first few. */
  readonly what: readonly string[]
  /** Distinct views that were looked at. */
  readonly views: number
  /** Proxies whose view it changed. */
  told: number
  /** Those of them that have not yet answered for all of it. */
  waiting: number
  /** Those that went away, or fell so far behind that they are no longer waited for. */
  lost: number
  responses: number
  resources: number
  removed: number
  bytes: number
  /** When the last response of it was handed to a connection; 0 before. */
  written: number
  /** When the last answer came; 0 before. */
  answered: number
}

/** Milliseconds in each stage so far. */
export function stagesOf(p: Push): Readonly<Record<Stage, number | undefined>> {
  return {
    read: p.published - p.heard,
    wait: p.follows - p.published,
    make: p.followed - p.follows,
    write: p.written > 0 ? p.written - p.followed : undefined,
    acknowledge: p.answered > 0 && p.waiting === 0 ? Math.max(0, p.answered - p.written) : undefined,
  }
}

/** What gathers until views follow it. */
export class Pending {
  readonly heard: number
  readonly published: number
  readonly #kinds = new Set<ChangeKind>()
  readonly #what = new Set<string>()

  constructor(heard: number, published: number) {
    this.heard = heard
    this.published = published
  }

  add(changes: readonly (MeshChange | { readonly kind: 'everything' })[]): void {
    for (const change of changes) {
      if (change.kind === 'findings') continue
      this.#kinds.add(change.kind)
      if (change.kind === 'everything') continue
      for (const name of namesOf(change)) {
        if (this.#what.size >= shownNames) break
        this.#what.add(name)
      }
    }
  }

  push(id: number, follows: number, followed: number, views: number): Push {
    const kinds = changeKinds.filter(kind => this.#kinds.has(kind))
    const { heard, published } = this
    return {
      ...{ id, heard, published, follows, followed, views, kinds, kind: kinds[0] ?? 'everything' },
      what: [...this.#what],
      ...{ told: 0, waiting: 0, lost: 0, responses: 0, resources: 0, removed: 0, bytes: 0, written: 0, answered: 0 },
    }
  }
}

const shownNames = 10

function namesOf(change: Exclude<MeshChange, { kind: 'findings' }>): Iterable<string> {
  if ('hostnames' in change) return change.hostnames
  if ('tables' in change) return change.tables
  return 'keys' in change ? change.keys : change.names
}
