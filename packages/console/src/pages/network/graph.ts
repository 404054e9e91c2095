import type { NetworkItem } from '@isthmus/api'

/** Kinds that stand between two others are lines of the picture, not places in it. */
const lines = new Set(['TransitRouterVpcAttachment', 'TransitRouterPeerAttachment'])
/** Not places: what they say is in the tables. */
const left = new Set(['SecurityGroup'])

export interface Graph {
  readonly nodes: readonly NetworkItem[]
  readonly edges: readonly {
    readonly id: string
    readonly source: string
    readonly target: string
    /** The item the line stands for; absent where one place merely belongs to another. */
    readonly item?: NetworkItem
  }[]
}

export const idOf = (item: { kind: string; name: string }): string => `${item.kind}/${item.name}`

/** Places and the lines between them. A line whose end is not there is left out: the tables have it. Pure. */
export function graphOf(items: readonly NetworkItem[]): Graph {
  const nodes = items.filter(item => !lines.has(item.kind) && !left.has(item.kind))
  const there = new Set(nodes.map(idOf))
  const edges = items.flatMap(item => {
    const ends = item.joins.map(idOf).filter(id => there.has(id))
    if (lines.has(item.kind)) {
      const [source, target] = ends
      return source && target ? [{ id: idOf(item), source, target, item }] : []
    }
    if (!there.has(idOf(item))) return []
    return ends.map(source => ({ id: `${source} ${idOf(item)}`, source, target: idOf(item) }))
  })
  return { nodes, edges }
}
