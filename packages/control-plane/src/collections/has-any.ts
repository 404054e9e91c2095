/** True where one of the few is in the set. Set's own `isDisjointFrom` takes several times as long where they are one or two. */
export function hasAny<T>(set: ReadonlySet<T>, few: Iterable<T>): boolean {
  for (const item of few) if (set.has(item)) return true
  return false
}
