import { FractionalPercent_DenominatorType } from '@isthmus/envoy-api/envoy/type/v3/percent'

/** Istio's percentage (0 to 100, with decimals) in Envoy's millionths. */
export function fractionalPercent(percentage: number) {
  return { numerator: Math.round(percentage * 10_000), denominator: FractionalPercent_DenominatorType.MILLION }
}
