/**
 * Kubernetes without a framework: kubeconfig (`loadKubeconfig`, `parseKubeconfig`), a client (`KubeClient`), list and watch
 * (`watchList`), errors that say what kind they are (`KubeError`), the few object types this project uses, conditions,
 * and YAML that nobody vouches for (`YamlReader`).
 */
export * from './access.ts'
export { parseObjects } from './apply.ts'
export * from './client.ts'
export * from './conditions.ts'
export * from './core.ts'
export * from './errors.ts'
export { type Kind, kinds } from './kinds.ts'
export { Kubeconfig, kubeconfigOf, loadKubeconfig, parseKubeconfig } from './kubeconfig.ts'
export * from './meta.ts'
export { type Clock, type Random, systemClock, systemRandom } from './time.ts'
export * from './watch.ts'
export { YamlError, YamlReader } from './yaml/reader.ts'
