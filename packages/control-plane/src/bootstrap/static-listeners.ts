import { proxyPorts } from './options.ts'
import { probeFilter } from './probes.ts'

/**
 * 15021 answers the kubelet's and load balancers' question "ready?"; 15090 hands out Prometheus' metrics, and which endpoints
 * the proxy holds ejected. The rest of the admin interface stays on loopback.
 */
export function staticListeners(tcpProbes: readonly number[]) {
  return [
    listener('health', proxyPorts.health, [
      ...tcpProbes.map(probeFilter),
      router([{ match: { path: '/healthz/ready' }, route: { cluster: 'admin', prefix_rewrite: '/ready' } }]),
    ]),
    listener('metrics', proxyPorts.metrics, [
      router([
        { match: { path: '/stats/prometheus', headers: [onlyGet] }, route: { cluster: 'admin' } },
        { match: { path: '/clusters', headers: [onlyGet] }, route: { cluster: 'admin' } },
      ]),
    ]),
  ]
}

const onlyGet = { name: ':method', string_match: { exact: 'GET' } }

/** The proxy's own admin interface, for the two listeners above. */
export const adminCluster = {
  name: 'admin',
  type: 'STATIC',
  connect_timeout: '0.25s',
  load_assignment: {
    cluster_name: 'admin',
    endpoints: [
      {
        lb_endpoints: [
          { endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: proxyPorts.admin } } } },
        ],
      },
    ],
  },
}

interface RouterPart {
  readonly routes: readonly object[]
}

function router(routes: readonly object[]): RouterPart {
  return { routes }
}

function listener(name: string, port: number, parts: readonly (object | RouterPart)[]) {
  const routes = parts.flatMap(part => ('routes' in part ? part.routes : []))
  const filters = parts.filter(part => !('routes' in part))
  return {
    name: `isthmus-${name}`,
    address: { socket_address: { address: '0.0.0.0', port_value: port } },
    // Not drained with the inbound listeners: probes go on while a pod winds down.
    traffic_direction: 'UNSPECIFIED',
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: {
              '@type':
                'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
              stat_prefix: `isthmus-${name}`,
              generate_request_id: false,
              route_config: { virtual_hosts: [{ name, domains: ['*'], routes }] },
              http_filters: [
                ...filters,
                {
                  name: 'envoy.filters.http.router',
                  typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
                },
              ],
            },
          },
        ],
      },
    ],
  }
}
