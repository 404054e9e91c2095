import { ApiVersion } from '@isthmus/envoy-api/envoy/config/core/v3/config_source'
import { duration } from './duration.ts'

/** "Comes over the stream this resource came over". No fetch timeout: a proxy waits rather than serve half a configuration, as Istio's. */
export function ads() {
  return {
    configSourceSpecifier: { case: 'ads' as const, value: {} },
    initialFetchTimeout: duration(0),
    resourceApiVersion: ApiVersion.V3,
  }
}
