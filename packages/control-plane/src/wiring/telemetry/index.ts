export { authorOf } from './author.ts'
export { telemetryMetrics } from './metrics.ts'
export * from './part.ts'
export { proxyStatistics } from './statistics.ts'
