export { endpointsInClusters } from './cluster-kind.ts'
export { clustersOf, translateEndpoints } from './endpoint.ts'
export { translate, translatePieces } from './translate.ts'
export type { Translated, TranslatedPieces } from './translated.ts'
