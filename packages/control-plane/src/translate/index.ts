export { endpointsInClusters } from './cluster-kind.ts'
export { clustersOf, translateEndpoints } from './endpoint.ts'
export { translate } from './translate.ts'
export type { Translated } from './translated.ts'
