const left = new Set<() => void>()

process.once('exit', () => {
  for (const undo of left) undo()
})
// A signal by itself ends a process without `exit`.
for (const [signal, number] of [
  ['SIGHUP', 1],
  ['SIGINT', 2],
  ['SIGTERM', 15],
] as const)
  process.once(signal, () => process.exit(128 + number))

/**
 * For what must not outlive this process, however that ends: Ctrl-C, SIGTERM, an error. Gives what forgets it again, once it
 * was undone in the usual way.
 */
export function onEnd(undo: () => void): () => void {
  left.add(undo)
  return () => void left.delete(undo)
}
