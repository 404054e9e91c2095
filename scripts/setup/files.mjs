import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** The files at and below a path, which is relative to the root as they are. */
export function filesUnder(root, path) {
  if (!statSync(join(root, path)).isDirectory()) return [path]
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1))
}
