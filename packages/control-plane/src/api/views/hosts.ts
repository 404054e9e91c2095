/** A host of a rule: itself, or with a leading wildcard every host below it. */
export function parseHost(host: string): { fits(hostname: string): boolean } {
  if (host === '*') return { fits: () => true }
  if (host.startsWith('*.')) return { fits: hostname => hostname.endsWith(host.slice(1)) }
  return { fits: hostname => hostname === host }
}
