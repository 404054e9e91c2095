import type { ResourceMap } from '../snapshot/diff.ts'
import { contentHash } from '../snapshot/encode.ts'
import type { Resource } from '../snapshot/resource.ts'
import { listOf } from './step.ts'

/** One version for a whole list: equal lists, equal version, on every replica and after every restart. */
export function listVersion(map: ResourceMap): string {
  return versionOf(listOf(map))
}

const lists = new WeakMap<readonly Resource[], string>()

/** The same for what is sent: lists of any kind, which many clients share. */
export function versionOf(resources: readonly Resource[]): string {
  let version = lists.get(resources)
  if (version === undefined) {
    const lines = resources.map(r => `${r.name}\n${r.version}`).sort()
    version = contentHash(Buffer.from(lines.join('\n')))
    lists.set(resources, version)
  }
  return version
}
