/** Envoy's and Istio's locality. Empty strings mean unknown. */
export interface Locality {
  readonly region: string
  readonly zone: string
  readonly subzone: string
}

export const unknownLocality: Locality = { region: '', zone: '', subzone: '' }

const parsed = new Map<string, Locality>()
/** More places than any mesh has. */
const parsedKept = 10_000

/** `region/zone/subzone`, as Istio spells it in `localityLbSetting` and in WorkloadEntry.locality. One object for one text. */
export function parseLocality(text: string): Locality {
  let locality = parsed.get(text)
  if (!locality) {
    const [region = '', zone = '', subzone = ''] = text.split('/')
    locality = { region, zone, subzone }
    if (parsed.size >= parsedKept) parsed.clear()
    parsed.set(text, locality)
  }
  return locality
}

const texts = new WeakMap<Locality, string>()

export function localityText(l: Locality): string {
  let text = texts.get(l)
  if (text === undefined) {
    text = [l.region, l.zone, l.subzone].join('/').replace(/\/+$/, '')
    texts.set(l, text)
  }
  return text
}
