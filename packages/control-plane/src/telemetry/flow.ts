/** Who sends, to what, from where to where: what requests are counted by. */
export interface Flow {
  /** Host of the service. */
  readonly service: string
  /** '' where a route names no subset. */
  readonly subset: string
  /** Regions; '' where unknown. */
  readonly source: string
  readonly destination: string
  /** Which kind of proxy sent it. */
  readonly role: 'gateway' | 'sidecar'
}

export function flowKey(f: Flow): string {
  return `${f.role}|${f.source}|${f.destination}|${f.subset}|${f.service}`
}

/** The service and the subset of an outbound cluster's name, as Istio spells it; undefined for all other clusters. */
export function flowTarget(cluster: string): { readonly service: string; readonly subset: string } | undefined {
  const [direction, port, subset, service, more] = cluster.split('|')
  if (direction !== 'outbound' || !port || !service || subset === undefined || more !== undefined) return undefined
  return { service, subset }
}
