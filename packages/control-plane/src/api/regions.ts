import type { Mesh } from '../model/index.ts'

/** Regions of the mesh: which clusters stand there, how many endpoints, how many of them healthy. */
export function regionsOf(mesh: Mesh) {
  const regions = new Map<string, { clusters: string[]; endpoints: number; healthy: number; stale: number }>()
  const at = (region: string) => {
    const had = regions.get(region)
    if (had) return had
    const made = { clusters: [], endpoints: 0, healthy: 0, stale: 0 }
    regions.set(region, made)
    return made
  }
  for (const cluster of mesh.clusters.values()) at(cluster.region).clusters.push(cluster.name)
  for (const endpoints of mesh.endpoints.values())
    for (const endpoint of endpoints) {
      const region = at(endpoint.locality.region)
      region.endpoints++
      if (endpoint.health === 'healthy') region.healthy++
      if (endpoint.stale) region.stale++
    }
  return [...regions]
    .map(([region, counts]) => ({ region, ...counts, clusters: counts.clusters.sort() }))
    .sort((a, b) => (a.region < b.region ? -1 : 1))
}
