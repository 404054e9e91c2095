/** Host names of Istio's API: exact, or with a leading wildcard (`*`, `*.example.com`). */

export function isWildcard(host: string): boolean {
  return host.startsWith('*')
}

/** True where every name of `host` is also one of `pattern`. */
export function covers(pattern: string, host: string): boolean {
  if (pattern === '*') return true
  if (!isWildcard(pattern)) return pattern === host
  const suffix = pattern.slice(1)
  return isWildcard(host) ? host.slice(1).endsWith(suffix) : host.length > suffix.length && host.endsWith(suffix)
}

/** The names both patterns have in common: the narrower one, or undefined. */
export function narrower(a: string, b: string): string | undefined {
  if (covers(a, b)) return b
  return covers(b, a) ? a : undefined
}

/** Narrow before wide, then by name: the order in which the most specific pattern is found first. */
export function bySpecificity(a: string, b: string): number {
  const wild = Number(isWildcard(a)) - Number(isWildcard(b))
  return wild || b.length - a.length || (a < b ? -1 : a > b ? 1 : 0)
}
