/** One page of a list, and how many there are. */
export function page<T>(
  all: readonly T[],
  query: { readonly limit?: number; readonly offset?: number },
): { readonly total: number; readonly offset: number; readonly rows: T[] } {
  const offset = query.offset ?? 0
  return { total: all.length, offset, rows: all.slice(offset, offset + (query.limit ?? 100)) }
}

/** Every word of the search is somewhere in the text, in whatever case. */
export function finder(search: string | undefined): (text: string) => boolean {
  const words = (search ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return () => true
  return text => {
    const lower = text.toLowerCase()
    return words.every(word => lower.includes(word))
  }
}
