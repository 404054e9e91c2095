// How the command is started; plain JavaScript for Node 20, since it runs before the right node is found.
import { availableParallelism, homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

const serving = [
  // The control plane keeps most of what it makes: a large young generation copies it more often, and stays its size.
  '--max-semi-space-size=4',
  // It gives memory back by itself where nobody is connected ...
  '--expose-gc',
  // ... so V8 may wait until the heap has doubled: else it looks through all of it just when many proxies connect.
  '--heap-growing-percent=100',
  // What starting runs a thousand times and then never again is not compiled: that leaves holes in the C library's heap.
  '--invocation-count-for-maglev=4000',
  `--v8-pool-size=${Math.min(4, availableParallelism())}`,
]

/** What node is given before the command's own words. */
export function nodeArguments(command) {
  return [
    '--disable-warning=ExperimentalWarning',
    ...(command === 'serve' ? serving : []),
    join(root, 'packages/cli/src/main.ts'),
  ]
}

/**
 * Modules with their types stripped and compiled are kept: half of what starting takes, and the memory of the stripper. Threads
 * share one heap of the C library, which gives back what is free at its end: each of their own would keep what it once needed.
 */
export function nodeEnvironment(env = process.env) {
  const compiled = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'isthmus', 'compiled')
  return { NODE_COMPILE_CACHE: compiled, MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '131072', ...env }
}
