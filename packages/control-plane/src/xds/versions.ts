import type { ResourceMap } from '../snapshot/diff.ts'
import { contentHash } from '../snapshot/encode.ts'
import type { Resource } from '../snapshot/resource.ts'

const versions = new WeakMap<ResourceMap, string>()

/** One version for a whole list: equal lists, equal version, on every replica and after every restart. */
export function listVersion(map: ResourceMap): string {
  let version = versions.get(map)
  if (version === undefined) {
    version = versionOf(map.values())
    versions.set(map, version)
  }
  return version
}

export function versionOf(resources: Iterable<Resource>): string {
  const lines = [...resources].map(r => `${r.name}\n${r.version}`).sort()
  return contentHash(Buffer.from(lines.join('\n')))
}
