import type { RegionState } from '@isthmus/api'
import { shortHost } from './region-state.ts'
import type { ServiceStanding } from './region-summary.ts'
import type { RegionStanding } from './region-tracker.ts'
import type { NewEvent } from './timeline.ts'

/** So many services of one moment have an event each; of more, the region's event tells. */
const each = 5

const severities: Readonly<Record<RegionState, NewEvent['severity']>> = {
  'failed over': 'error',
  'partly failed over': 'warning',
  unknown: 'warning',
  returning: 'info',
  normal: 'info',
}

/** The events of states that changed. Pure. */
export function regionEvents(
  regions: readonly RegionStanding[],
  services: readonly { readonly service: string; readonly region: string; readonly now: ServiceStanding | undefined }[],
): readonly NewEvent[] {
  const ofRegions = regions.map(
    ({ region, state, cause, basis }): NewEvent => ({
      kind: 'region',
      severity: severities[state],
      regions: [region],
      text: `${region} is ${state} (${basis}): ${cause}`,
    }),
  )
  if (services.length > each) return ofRegions
  const ofServices = services.map(
    ({ service, region, now }): NewEvent => ({
      kind: 'region',
      severity: severities[now?.state ?? 'normal'],
      regions: [region],
      service,
      text: now
        ? `${shortHost(service)} in ${region} is ${now.state} (${now.basis}): ${now.cause}`
        : `${shortHost(service)} in ${region} is as usual again`,
    }),
  )
  return [...ofServices, ...ofRegions]
}
