import type { Mesh } from '../model/index.ts'
import { clusterRegions } from './services.ts'

/** What holds for a whole mesh and may count in any cluster or route. */
interface Settings {
  readonly config: Mesh['config']
  readonly credentials: Mesh['credentials']
  readonly regions: string
}

const known = new WeakMap<Mesh['regionalPolicies'], Settings>()
const ofMesh = new WeakMap<Mesh, Settings>()

/** One object for a mesh's policies, credentials, settings and regions: the same as long as they are, whatever else changed. */
export function settingsOf(mesh: Mesh): object {
  const found = ofMesh.get(mesh)
  if (found) return found
  const { config, credentials, regionalPolicies } = mesh
  const regions = clusterRegions(mesh.clusters).join()
  let settings = known.get(regionalPolicies)
  if (settings?.config !== config || settings.credentials !== credentials || settings.regions !== regions) {
    settings = { config, credentials, regions }
    known.set(regionalPolicies, settings)
  }
  ofMesh.set(mesh, settings)
  return settings
}
