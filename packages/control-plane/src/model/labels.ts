/** True where every pair of `selector` is among `labels`. An empty selector selects all. */
export function selects(selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>): boolean {
  for (const key in selector) if (labels[key] !== selector[key]) return false
  return true
}
