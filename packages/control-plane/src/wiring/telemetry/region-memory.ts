import type { Endpoint, Mesh } from '../../model/index.ts'

/**
 * In which regions each service has, or had, endpoints: without it a region whose endpoints were all taken away would look like
 * one that never had any. Forgotten when the service leaves the region's clusters, or the mesh.
 */
export class RegionMemory {
  readonly #regions = new Map<string, Set<string>>()
  readonly #counts = new Map<string, number>()
  /** By service, the regions whose requests may not go as usual: an endpoint there is not healthy, or there is none left. */
  readonly #suspects = new Map<string, readonly string[]>()

  /** What was remembered in an earlier run. */
  restore(regions: Readonly<Record<string, readonly string[]>>): void {
    for (const [service, names] of Object.entries(regions))
      if (Array.isArray(names)) for (const region of names) this.#remember(service, String(region))
  }

  toJson(): Record<string, readonly string[]> {
    return Object.fromEntries([...this.#regions].map(([service, regions]) => [service, [...regions].sort()]))
  }

  /** @param hosts services that may have changed; undefined: all */
  follow(mesh: Mesh, hosts?: ReadonlySet<string>): void {
    for (const host of hosts ?? mesh.services.keys())
      if (mesh.services.has(host)) this.#look(mesh, host, mesh.endpoints.get(host) ?? [])
    for (const host of hosts ?? [...this.#regions.keys()]) if (!mesh.services.has(host)) this.#forget(host)
  }

  /** Regions a service has, or had, endpoints in. */
  of(service: string): ReadonlySet<string> {
    return this.#regions.get(service) ?? none
  }

  /** How many services have, or had, endpoints in a region; of these only, where some are given. */
  count(region: string, only?: ReadonlySet<string>): number {
    if (!only) return this.#counts.get(region) ?? 0
    let count = 0
    for (const service of only) if (this.of(service).has(region)) count++
    return count
  }

  /** Regions in which any service has, or had, endpoints. */
  get regions(): readonly string[] {
    return [...this.#counts].flatMap(([region, count]) => (count > 0 ? [region] : []))
  }

  get suspects(): ReadonlyMap<string, readonly string[]> {
    return this.#suspects
  }

  #look(mesh: Mesh, host: string, endpoints: readonly Endpoint[]): void {
    const there = new Set(endpoints.map(e => e.locality.region).filter(Boolean))
    for (const region of there) this.#remember(host, region)
    const clusters = mesh.services.get(host)?.clusters ?? []
    for (const region of [...this.of(host)])
      if (!there.has(region) && !clusters.some(name => mesh.clusters.get(name)?.region === region))
        this.#forgetRegion(host, region)
    const unwell = new Set(endpoints.flatMap(e => (e.health === 'healthy' ? [] : [e.locality.region])))
    const odd = [...this.of(host)].filter(region => unwell.has(region) || !there.has(region))
    if (odd.length > 0) this.#suspects.set(host, odd)
    else this.#suspects.delete(host)
  }

  #remember(host: string, region: string): void {
    const regions = this.#regions.get(host) ?? new Set()
    if (regions.has(region)) return
    this.#regions.set(host, regions.add(region))
    this.#counts.set(region, this.count(region) + 1)
  }

  #forgetRegion(host: string, region: string): void {
    if (this.#regions.get(host)?.delete(region)) this.#counts.set(region, this.count(region) - 1)
  }

  #forget(host: string): void {
    for (const region of this.of(host)) this.#counts.set(region, this.count(region) - 1)
    this.#regions.delete(host)
    this.#suspects.delete(host)
  }
}

const none: ReadonlySet<string> = new Set()
