import { covers, type DestinationRule, isWildcard, type Mesh } from '../model/index.ts'

interface Rules {
  readonly exact: ReadonlyMap<string, readonly DestinationRule[]>
  readonly wild: readonly DestinationRule[]
}

const indexes = new WeakMap<readonly DestinationRule[], Rules>()

/** Every DestinationRule that may hold for a host, whoever calls. */
export function rulesFor(mesh: Pick<Mesh, 'destinationRules'>, host: string): readonly DestinationRule[] {
  let index = indexes.get(mesh.destinationRules)
  if (!index) {
    const exact = Map.groupBy(
      mesh.destinationRules.filter(r => !isWildcard(r.host)),
      r => r.host,
    )
    index = { exact, wild: mesh.destinationRules.filter(r => isWildcard(r.host)) }
    indexes.set(mesh.destinationRules, index)
  }
  return [...(index.exact.get(host) ?? []), ...index.wild.filter(r => covers(r.host, host))]
}
