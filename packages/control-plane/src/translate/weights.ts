/** Destinations that get a share: of several those with a weight, as in Istio; where none has one, all alike, since Envoy refuses a sum of 0. */
export function withWeights<T extends { readonly weight: number }>(destinations: readonly T[]): T[] {
  const used = destinations.filter(d => d.weight > 0)
  return used.length > 0 ? used : destinations.map(d => ({ ...d, weight: 1 }))
}
