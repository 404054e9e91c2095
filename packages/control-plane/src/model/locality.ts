/** Envoy's and Istio's locality. Empty strings mean unknown. */
export interface Locality {
  readonly region: string
  readonly zone: string
  readonly subzone: string
}

export const unknownLocality: Locality = { region: '', zone: '', subzone: '' }

/** `region/zone/subzone`, as Istio spells it in `localityLbSetting` and in WorkloadEntry.locality. */
export function parseLocality(text: string): Locality {
  const [region = '', zone = '', subzone = ''] = text.split('/')
  return { region, zone, subzone }
}

export function localityText(l: Locality): string {
  return [l.region, l.zone, l.subzone].join('/').replace(/\/+$/, '')
}
