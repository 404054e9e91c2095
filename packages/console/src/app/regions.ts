/** One of eight identity colours for a region: by its place in the alphabet of all regions, so that it stays while they do. */
export function regionColor(region: string, all: readonly string[]): string {
  const index = [...new Set(all)]
    .filter(r => r !== '')
    .sort()
    .indexOf(region)
  return index < 0 ? 'var(--i-region-7)' : `var(--i-region-${index % 7})`
}
