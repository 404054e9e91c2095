import type { OutlierDetection } from '../model/index.ts'

/** Envoy's own: all traffic stays while at least 1/1.4 (71.4%) of the endpoints are healthy. */
export const envoyOverprovisioningFactor = 140

/**
 * Envoy's overprovisioning_factor (percent) for "traffic leaves below `thresholdPercent` healthy": health times factor is
 * what a priority can take, so factor = 100 / threshold × 100, rounded up, so that at the threshold itself all stays.
 */
export function overprovisioningFactor(thresholdPercent: number | undefined): number {
  if (thresholdPercent === undefined) return envoyOverprovisioningFactor
  const t = Math.min(100, Math.max(1, thresholdPercent))
  return Math.ceil(10_000 / t)
}

/**
 * 1 keeps a last resort: when everything everywhere is unhealthy, requests go to all alike instead of failing with 503, and
 * recovery is seen at once. At 0 the failure of something all pods share would be 503 for everybody. What the user wrote
 * (minHealthPercent) stands.
 */
const defaultPanicThresholdPercent = 1

export function panicThresholdPercent(user: OutlierDetection | undefined): number {
  return user?.minHealthPercent ?? defaultPanicThresholdPercent
}
