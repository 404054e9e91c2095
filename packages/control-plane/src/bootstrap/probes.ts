/**
 * tcpSocket probes behind a sidecar. The kubelet's connection would be answered by the sidecar itself, whatever the
 * application does. So the probe is rewritten to an HTTP one on the health port, and the proxy connects to the
 * application: an active health check that only connects, whose result the health check filter answers with.
 */

/** Path on the health port that answers 200 while the application accepts connections on `port`, else 503. */
export const probePath = (port: number): string => `/app-health/tcp/${port}`

const probeCluster = (port: number): string => `isthmus-probe|${port}`

/** Seconds between two looks at the application. */
const interval = '1s'

export function tcpProbeCluster(port: number, ip: string) {
  return {
    name: probeCluster(port),
    type: 'STATIC',
    connect_timeout: '1s',
    load_assignment: {
      cluster_name: probeCluster(port),
      endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: ip, port_value: port } } } }] }],
    },
    health_checks: [
      {
        timeout: '1s',
        interval,
        // Without requests Envoy would look only once a minute.
        no_traffic_interval: interval,
        unhealthy_threshold: 1,
        healthy_threshold: 1,
        tcp_health_check: {},
      },
    ],
  }
}

export function probeFilter(port: number) {
  return {
    name: `isthmus.probe.${port}`,
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.health_check.v3.HealthCheck',
      pass_through_mode: false,
      cluster_min_healthy_percentages: { [probeCluster(port)]: { value: 100 } },
      headers: [{ name: ':path', string_match: { exact: probePath(port) } }],
    },
  }
}
