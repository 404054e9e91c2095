import { analyze } from '../analysis/index.ts'
import type { Finding, Mesh } from '../model/index.ts'
import { policyFindings } from '../regions/index.ts'

/** What is found by looking at the mesh as a whole, beside what reading and translating single objects found. */
export function meshFindings(mesh: Mesh): readonly Finding[] {
  const regions = new Set([...mesh.clusters.values()].map(cluster => cluster.region))
  for (const endpoints of mesh.endpoints.values())
    for (const endpoint of endpoints) regions.add(endpoint.locality.region)
  regions.delete('')
  const { services, config } = mesh
  const surroundings = { services, knownRegions: [...regions].sort(), rootNamespace: config.rootNamespace }
  return [...policyFindings(mesh.regionalPolicies, surroundings), ...analyze(mesh)]
}
