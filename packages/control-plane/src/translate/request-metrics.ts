import type { AccessLogSchema } from '@isthmus/envoy-api/envoy/config/accesslog/v3/accesslog'
import {
  ConfigSchema,
  Config_Histogram_Unit as Unit,
} from '@isthmus/envoy-api/envoy/extensions/access_loggers/stats/v3/stats'
import type { MeshConfig, ProxyView, Service } from '../model/index.ts'
import { filter } from './pack.ts'
import type { Init } from './translated.ts'

/**
 * Istio's standard metrics, `istio_requests_total` and `istio_request_duration_milliseconds`, from Envoy's stats access logger:
 * the filter that makes them elsewhere is only in Istio's own build. Names of labels are Istio's; docs/reference/telemetry.md says
 * what differs. Labels are bounded by what the mesh has, never by what a client sends.
 */
export type MetricsPlace =
  | { readonly at: 'gateway' }
  /** A sidecar's listener of one service, or of all that share a port. */
  | { readonly at: 'outbound'; readonly service?: Service }
  | { readonly at: 'inbound'; readonly hostname: string }

/** Whether a proxy counts the requests that it sends on, with the workload that each one reached. */
export function countsSentRequests(kind: ProxyView['kind'], { requestMetrics }: MeshConfig): boolean {
  return requestMetrics === 'full' || (kind === 'gateway' && requestMetrics === 'standard')
}

type AccessLog = Init<typeof AccessLogSchema>
type Labels = readonly (readonly [name: string, format: string])[]

/** Series that one listener's logger may make; what is beyond is not counted, and Envoy says how much that was. */
const maxSeries = 2_000

const unknown = 'unknown'
/** The proxy's own pod: constants of its environment, read once. */
const self = {
  workload: '%ENVIRONMENT(ISTIO_META_WORKLOAD_NAME)%',
  namespace: '%ENVIRONMENT(POD_NAMESPACE)%',
  cluster: '%ENVIRONMENT(ISTIO_META_CLUSTER_ID)%',
  region: '%ENVIRONMENT(ISTHMUS_REGION)%',
}
/** Of the cluster that was chosen, which only the request knows; expressions cost memory, so they are for few listeners. */
const chosen = (field: string) => `%CEL(xds.cluster_metadata.filter_metadata['istio']['services'][0]['${field}'])%`

const answer: Labels = [
  ['request_protocol', 'http'],
  ['response_code', '%RESPONSE_CODE%'],
  ['response_flags', '%RESPONSE_FLAGS%'],
]

const ofService = new WeakMap<Service, AccessLog>()
const gateway = lazily({ at: 'gateway' })
const shared = lazily({ at: 'outbound' })

/** The access logger of a place; the same object for every listener of one gateway port, shared port, or service. */
export function requestMetrics(place: MetricsPlace): AccessLog {
  if (place.at === 'gateway') return gateway()
  if (place.at === 'inbound') return logger(labels(place), regions(place))
  if (!place.service) return shared()
  let log = ofService.get(place.service)
  if (!log) {
    log = logger(labels(place), regions(place))
    ofService.set(place.service, log)
  }
  return log
}

function lazily(place: MetricsPlace): () => AccessLog {
  let log: AccessLog | undefined
  return () => {
    log ??= logger(labels(place), regions(place))
    return log
  }
}

function labels(place: MetricsPlace): Labels {
  if (place.at === 'inbound')
    return [
      ['reporter', 'destination'],
      ['source_workload', unknown],
      ['source_workload_namespace', unknown],
      ['source_cluster', unknown],
      ...service(place.hostname),
      ['destination_workload', self.workload],
      ['destination_workload_namespace', self.namespace],
      ['destination_cluster', self.cluster],
      ...answer,
    ]
  return [
    ['reporter', 'source'],
    ['source_workload', self.workload],
    ['source_workload_namespace', self.namespace],
    ['source_cluster', self.cluster],
    ...(place.at === 'outbound' && place.service ? service(place.service.hostname, place.service.namespace) : ofChosen),
    // `workload;namespace;canonical service;revision;cluster`: Prometheus takes it apart (deploy/monitoring).
    ['destination_peer', '%UPSTREAM_METADATA(istio:workload)%'],
    ...answer,
  ]
}

const ofChosen: Labels = [
  ['destination_service', chosen('host')],
  ['destination_service_name', chosen('name')],
  ['destination_service_namespace', chosen('namespace')],
]

function service(hostname: string, namespace = hostname.split('.')[1] ?? unknown): Labels {
  return [
    ['destination_service', hostname],
    ['destination_service_name', hostname.split('.')[0] ?? hostname],
    ['destination_service_namespace', namespace],
  ]
}

/** Beyond Istio's labels, on the counter alone: durations by region would multiply their buckets. */
function regions(place: MetricsPlace): Labels {
  if (place.at === 'inbound') return [['destination_region', self.region]]
  return [
    ['source_region', self.region],
    ['destination_region', '%CEL(upstream.locality.region)%'],
  ]
}

function logger(common: Labels, more: Labels): AccessLog {
  const tags = (list: Labels) => list.map(([name, valueFormat]) => ({ name, valueFormat }))
  return filter('envoy.access_loggers.stats', ConfigSchema, {
    statsScope: { maxCounters: maxSeries, maxHistograms: maxSeries },
    counters: [{ stat: { name: 'istio_requests_total', tags: tags([...common, ...more]) }, valueFixed: 1n }],
    histograms: [
      {
        stat: { name: 'istio_request_duration_milliseconds', tags: tags(common) },
        unit: Unit.Milliseconds,
        valueFormat: '%DURATION%',
      },
    ],
  })
}
