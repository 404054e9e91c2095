import type { Ejections } from '@isthmus/api'
import type { Answer } from './ask-proxies.ts'
import { flowTarget } from './flow.ts'
import { samples } from './prometheus-text.ts'

/** Counts first: they are small, and mostly nought. */
export const ejectionCountsPath = '/stats/prometheus?filter=ejections_active'
/** Hosts of the proxies that have any. */
export const hostsPath = '/clusters?format=json'

/** True where a proxy says that it has ejected endpoints of the service. */
export function ejects(service: string, answer: Answer): boolean {
  return samples(answer.text ?? '', ['outlier_detection_ejections_active']).some(
    ({ labels, value }) => value > 0 && flowTarget(labels.cluster_name ?? '')?.service === service,
  )
}

interface ClusterStatuses {
  readonly cluster_statuses?: readonly {
    readonly name?: string
    readonly host_statuses?: readonly {
      readonly address?: { readonly socket_address?: { readonly address?: string; readonly port_value?: number } }
      readonly health_status?: { readonly failed_outlier_check?: boolean }
      readonly locality?: { readonly region?: string }
    }[]
  }[]
}

/** Endpoints of a service that a proxy holds ejected, from its `/clusters?format=json`. Throws where that is not JSON. */
export function ejectedHosts(service: string, { proxy, text = '' }: Answer): Ejections['ejected'] {
  const { cluster_statuses: clusters = [] } = JSON.parse(text) as ClusterStatuses
  return clusters
    .filter(cluster => flowTarget(cluster.name ?? '')?.service === service)
    .flatMap(cluster =>
      (cluster.host_statuses ?? [])
        .filter(host => host.health_status?.failed_outlier_check === true)
        .map(({ address, locality }) => ({
          proxy,
          address: `${address?.socket_address?.address ?? ''}:${address?.socket_address?.port_value ?? ''}`,
          region: locality?.region ?? '',
          cluster: cluster.name ?? '',
        })),
    )
}
