import type { Decision } from '../regions/decision.ts'

/** All that a cluster without endpoints of its own may know of the regional decision: the order of regions is for endpoints. */
const known = [
  'outlierDetection',
  'retry',
  'connectTimeoutMs',
  'panicThresholdPercent',
  'localityWeighted',
  'decidedBy',
  'findings',
] as const satisfies readonly (keyof Decision)[]

export type ClusterDecision = Pick<Decision, (typeof known)[number]>

/** Its parts: where they are alike, so are the clusters, and views of different places share them. */
export function clusterDecisionParts(decision: ClusterDecision): readonly unknown[] {
  return known.map(name => decision[name])
}
