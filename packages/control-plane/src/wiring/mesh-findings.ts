import { analyze } from '../analysis/index.ts'
import { changedKeys } from '../collections/index.ts'
import type { Finding, Mesh } from '../model/index.ts'
import { policyFindings } from '../regions/index.ts'

/** What is found by looking at the mesh as a whole, beside what reading and translating single objects found. */
export function meshFindings(mesh: Mesh): readonly Finding[] {
  const { services, config, regionalPolicies } = mesh
  const surroundings = { services, knownRegions: regionsOf(mesh), rootNamespace: config.rootNamespace }
  return [...(regionalPolicies.length > 0 ? policyFindings(regionalPolicies, surroundings) : []), ...analyze(mesh)]
}

/** Where clusters and endpoints are. */
function regionsOf({ clusters, endpoints }: Mesh): readonly string[] {
  const regions = new Set([...clusters.values()].map(cluster => cluster.region))
  for (const region of hostsByRegion(endpoints).keys()) regions.add(region)
  regions.delete('')
  return [...regions].sort()
}

type Endpoints = Mesh['endpoints']

/** What was counted last. */
let last: { readonly endpoints: Endpoints; readonly hosts: ReadonlyMap<string, number> } = {
  ...{ endpoints: new Map(), hosts: new Map() },
}

/** How many hosts have endpoints in a region, by counting those that changed since they were counted last. */
function hostsByRegion(endpoints: Endpoints): ReadonlyMap<string, number> {
  const hosts = new Map(last.hosts)
  const count = (table: Endpoints, host: string, by: number) => {
    for (const region of new Set((table.get(host) ?? []).map(e => e.locality.region)))
      hosts.set(region, (hosts.get(region) ?? 0) + by)
  }
  for (const host of changedKeys(last.endpoints, endpoints)) {
    count(last.endpoints, host, -1)
    count(endpoints, host, 1)
  }
  for (const [region, n] of hosts) if (n === 0) hosts.delete(region)
  last = { endpoints, hosts }
  return hosts
}
