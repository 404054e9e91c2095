import { bootstrapNode } from './node.ts'
import { type BootstrapOptions, proxyId, proxyPorts } from './options.ts'
import { tcpProbeCluster } from './probes.ts'
import { adminCluster, staticListeners } from './static-listeners.ts'
import { statsMatcher, statsTags } from './stats.ts'
import { xdsCluster } from './xds-cluster.ts'

/**
 * Envoy's bootstrap for sidecars and gateways (envoy.config.bootstrap.v3.Bootstrap as JSON). Pure: equal options, equal
 * text. Throws ISM3110 for an address that is not HOST:PORT.
 */
export function bootstrap(o: BootstrapOptions) {
  return {
    node: bootstrapNode(o),
    admin: {
      address: { socket_address: { address: '127.0.0.1', port_value: proxyPorts.admin } },
    },
    // Istio's limit: without it a long regular expression of a VirtualService is refused.
    layered_runtime: { layers: [{ name: 'static', static_layer: { 're2.max_program_size.error_level': 32768 } }] },
    stats_config: { use_all_default_tags: false, stats_tags: statsTags, stats_matcher: statsMatcher },
    // What nobody calls costs little, as in Istio's bootstrap: a cluster's traffic statistics, and its place in each worker thread,
    // are made with its first request.
    deferred_stat_options: { enable_deferred_creation_stats: true },
    cluster_manager: {
      enable_deferred_cluster_creation: true,
      ...(o.redirect === 'mark' ? { upstream_bind_config: markedSockets } : {}),
      // Over the same connection: what was sent to which locality, in the interval that the control plane asks for.
      load_stats_config: {
        api_type: 'GRPC',
        transport_api_version: 'V3',
        grpc_services: [{ envoy_grpc: { cluster_name: 'xds-grpc' } }],
      },
    },
    dynamic_resources: {
      ads_config: {
        api_type: 'DELTA_GRPC',
        transport_api_version: 'V3',
        set_node_on_first_message_only: true,
        grpc_services: [
          {
            envoy_grpc: {
              cluster_name: 'xds-grpc',
              // Jittered. After a control plane's absence all proxies are back within ten seconds, not at one instant.
              retry_policy: { retry_back_off: { base_interval: '0.5s', max_interval: '10s' } },
            },
          },
        ],
      },
      // No timeout: a proxy without its configuration is not ready, rather than ready and empty.
      cds_config: { ads: {}, resource_api_version: 'V3', initial_fetch_timeout: '0s' },
      lds_config: { ads: {}, resource_api_version: 'V3', initial_fetch_timeout: '0s' },
    },
    static_resources: {
      listeners: staticListeners(o.tcpProbes),
      clusters: [xdsCluster(o), adminCluster, ...o.tcpProbes.map(port => tcpProbeCluster(port, o.ip))],
    },
  }
}

/** SO_MARK (SOL_SOCKET 1, option 36) on every upstream socket of every cluster, so that redirection leaves them alone. */
const markedSockets = {
  source_address: { address: '0.0.0.0', port_value: 0 },
  socket_options: [
    { description: 'exempt from redirection', level: 1, name: 36, int_value: proxyId, state: 'STATE_PREBIND' },
  ],
}
