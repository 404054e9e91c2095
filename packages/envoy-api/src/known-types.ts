import { createRequire } from 'node:module'
import type { Registry } from '@bufbuild/protobuf'

const require = createRequire(import.meta.url)
let loaded: Registry | undefined

/**
 * The registry of `registry.ts`, loaded when it is first asked for: only Anys from elsewhere and people who look at a
 * proxy's configuration need it, and its sixty files take time and memory.
 */
export function knownTypes(): Registry {
  loaded ??= (require('./registry.ts') as typeof import('./registry.ts')).registry
  return loaded
}
