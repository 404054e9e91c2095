import { createRegistry } from '@bufbuild/protobuf'
import { file_google_protobuf_struct, file_google_protobuf_wrappers } from '@bufbuild/protobuf/wkt'
import { file_envoy_config_bootstrap_v3_bootstrap } from '@isthmus/envoy-api/envoy/config/bootstrap/v3/bootstrap'
import { file_envoy_config_cluster_v3_cluster } from '@isthmus/envoy-api/envoy/config/cluster/v3/cluster'
import { file_envoy_config_endpoint_v3_endpoint } from '@isthmus/envoy-api/envoy/config/endpoint/v3/endpoint'
import { file_envoy_config_listener_v3_listener } from '@isthmus/envoy-api/envoy/config/listener/v3/listener'
import { file_envoy_config_route_v3_route } from '@isthmus/envoy-api/envoy/config/route/v3/route'
import { file_envoy_extensions_access_loggers_file_v3_file } from '@isthmus/envoy-api/envoy/extensions/access_loggers/file/v3/file'
import { file_envoy_extensions_access_loggers_grpc_v3_als } from '@isthmus/envoy-api/envoy/extensions/access_loggers/grpc/v3/als'
import { file_envoy_extensions_access_loggers_stats_v3_stats } from '@isthmus/envoy-api/envoy/extensions/access_loggers/stats/v3/stats'
import { file_envoy_extensions_access_loggers_stream_v3_stream } from '@isthmus/envoy-api/envoy/extensions/access_loggers/stream/v3/stream'
import { file_envoy_extensions_clusters_aggregate_v3_cluster } from '@isthmus/envoy-api/envoy/extensions/clusters/aggregate/v3/cluster'
import { file_envoy_extensions_clusters_dns_v3_dns_cluster } from '@isthmus/envoy-api/envoy/extensions/clusters/dns/v3/dns_cluster'
import { file_envoy_extensions_filters_common_set_filter_state_v3_value } from '@isthmus/envoy-api/envoy/extensions/filters/common/set_filter_state/v3/value'
import { file_envoy_extensions_filters_http_cors_v3_cors } from '@isthmus/envoy-api/envoy/extensions/filters/http/cors/v3/cors'
import { file_envoy_extensions_filters_http_credential_injector_v3_credential_injector } from '@isthmus/envoy-api/envoy/extensions/filters/http/credential_injector/v3/credential_injector'
import { file_envoy_extensions_filters_http_fault_v3_fault } from '@isthmus/envoy-api/envoy/extensions/filters/http/fault/v3/fault'
import { file_envoy_extensions_filters_http_grpc_stats_v3_config } from '@isthmus/envoy-api/envoy/extensions/filters/http/grpc_stats/v3/config'
import { file_envoy_extensions_filters_http_grpc_web_v3_grpc_web } from '@isthmus/envoy-api/envoy/extensions/filters/http/grpc_web/v3/grpc_web'
import { file_envoy_extensions_filters_http_header_mutation_v3_header_mutation } from '@isthmus/envoy-api/envoy/extensions/filters/http/header_mutation/v3/header_mutation'
import { file_envoy_extensions_filters_http_health_check_v3_health_check } from '@isthmus/envoy-api/envoy/extensions/filters/http/health_check/v3/health_check'
import { file_envoy_extensions_filters_http_jwt_authn_v3_config } from '@isthmus/envoy-api/envoy/extensions/filters/http/jwt_authn/v3/config'
import { file_envoy_extensions_filters_http_local_ratelimit_v3_local_rate_limit } from '@isthmus/envoy-api/envoy/extensions/filters/http/local_ratelimit/v3/local_rate_limit'
import { file_envoy_extensions_filters_http_lua_v3_lua } from '@isthmus/envoy-api/envoy/extensions/filters/http/lua/v3/lua'
import { file_envoy_extensions_filters_http_rbac_v3_rbac } from '@isthmus/envoy-api/envoy/extensions/filters/http/rbac/v3/rbac'
import { file_envoy_extensions_filters_http_router_v3_router } from '@isthmus/envoy-api/envoy/extensions/filters/http/router/v3/router'
import { file_envoy_extensions_filters_http_set_filter_state_v3_set_filter_state } from '@isthmus/envoy-api/envoy/extensions/filters/http/set_filter_state/v3/set_filter_state'
import { file_envoy_extensions_filters_http_set_metadata_v3_set_metadata } from '@isthmus/envoy-api/envoy/extensions/filters/http/set_metadata/v3/set_metadata'
import { file_envoy_extensions_filters_http_upstream_codec_v3_upstream_codec } from '@isthmus/envoy-api/envoy/extensions/filters/http/upstream_codec/v3/upstream_codec'
import { file_envoy_extensions_filters_listener_http_inspector_v3_http_inspector } from '@isthmus/envoy-api/envoy/extensions/filters/listener/http_inspector/v3/http_inspector'
import { file_envoy_extensions_filters_listener_original_dst_v3_original_dst } from '@isthmus/envoy-api/envoy/extensions/filters/listener/original_dst/v3/original_dst'
import { file_envoy_extensions_filters_listener_original_src_v3_original_src } from '@isthmus/envoy-api/envoy/extensions/filters/listener/original_src/v3/original_src'
import { file_envoy_extensions_filters_listener_proxy_protocol_v3_proxy_protocol } from '@isthmus/envoy-api/envoy/extensions/filters/listener/proxy_protocol/v3/proxy_protocol'
import { file_envoy_extensions_filters_listener_tls_inspector_v3_tls_inspector } from '@isthmus/envoy-api/envoy/extensions/filters/listener/tls_inspector/v3/tls_inspector'
import { file_envoy_extensions_filters_network_connection_limit_v3_connection_limit } from '@isthmus/envoy-api/envoy/extensions/filters/network/connection_limit/v3/connection_limit'
import { file_envoy_extensions_filters_network_direct_response_v3_config } from '@isthmus/envoy-api/envoy/extensions/filters/network/direct_response/v3/config'
import { file_envoy_extensions_filters_network_http_connection_manager_v3_http_connection_manager } from '@isthmus/envoy-api/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager'
import { file_envoy_extensions_filters_network_rbac_v3_rbac } from '@isthmus/envoy-api/envoy/extensions/filters/network/rbac/v3/rbac'
import { file_envoy_extensions_filters_network_set_filter_state_v3_set_filter_state } from '@isthmus/envoy-api/envoy/extensions/filters/network/set_filter_state/v3/set_filter_state'
import { file_envoy_extensions_filters_network_sni_cluster_v3_sni_cluster } from '@isthmus/envoy-api/envoy/extensions/filters/network/sni_cluster/v3/sni_cluster'
import { file_envoy_extensions_filters_network_tcp_proxy_v3_tcp_proxy } from '@isthmus/envoy-api/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy'
import { file_envoy_extensions_formatter_cel_v3_cel } from '@isthmus/envoy-api/envoy/extensions/formatter/cel/v3/cel'
import { file_envoy_extensions_formatter_metadata_v3_metadata } from '@isthmus/envoy-api/envoy/extensions/formatter/metadata/v3/metadata'
import { file_envoy_extensions_formatter_req_without_query_v3_req_without_query } from '@isthmus/envoy-api/envoy/extensions/formatter/req_without_query/v3/req_without_query'
import { file_envoy_extensions_http_header_formatters_preserve_case_v3_preserve_case } from '@isthmus/envoy-api/envoy/extensions/http/header_formatters/preserve_case/v3/preserve_case'
import { file_envoy_extensions_http_injected_credentials_generic_v3_generic } from '@isthmus/envoy-api/envoy/extensions/http/injected_credentials/generic/v3/generic'
import { file_envoy_extensions_http_original_ip_detection_xff_v3_xff } from '@isthmus/envoy-api/envoy/extensions/http/original_ip_detection/xff/v3/xff'
import { file_envoy_extensions_load_balancing_policies_cluster_provided_v3_cluster_provided } from '@isthmus/envoy-api/envoy/extensions/load_balancing_policies/cluster_provided/v3/cluster_provided'
import { file_envoy_extensions_load_balancing_policies_least_request_v3_least_request } from '@isthmus/envoy-api/envoy/extensions/load_balancing_policies/least_request/v3/least_request'
import { file_envoy_extensions_load_balancing_policies_maglev_v3_maglev } from '@isthmus/envoy-api/envoy/extensions/load_balancing_policies/maglev/v3/maglev'
import { file_envoy_extensions_load_balancing_policies_random_v3_random } from '@isthmus/envoy-api/envoy/extensions/load_balancing_policies/random/v3/random'
import { file_envoy_extensions_load_balancing_policies_ring_hash_v3_ring_hash } from '@isthmus/envoy-api/envoy/extensions/load_balancing_policies/ring_hash/v3/ring_hash'
import { file_envoy_extensions_load_balancing_policies_round_robin_v3_round_robin } from '@isthmus/envoy-api/envoy/extensions/load_balancing_policies/round_robin/v3/round_robin'
import { file_envoy_extensions_load_balancing_policies_subset_v3_subset } from '@isthmus/envoy-api/envoy/extensions/load_balancing_policies/subset/v3/subset'
import { file_envoy_extensions_load_balancing_policies_wrr_locality_v3_wrr_locality } from '@isthmus/envoy-api/envoy/extensions/load_balancing_policies/wrr_locality/v3/wrr_locality'
import { file_envoy_extensions_path_match_uri_template_v3_uri_template_match } from '@isthmus/envoy-api/envoy/extensions/path/match/uri_template/v3/uri_template_match'
import { file_envoy_extensions_path_rewrite_uri_template_v3_uri_template_rewrite } from '@isthmus/envoy-api/envoy/extensions/path/rewrite/uri_template/v3/uri_template_rewrite'
import { file_envoy_extensions_retry_host_omit_canary_hosts_v3_omit_canary_hosts } from '@isthmus/envoy-api/envoy/extensions/retry/host/omit_canary_hosts/v3/omit_canary_hosts'
import { file_envoy_extensions_retry_host_omit_host_metadata_v3_omit_host_metadata_config } from '@isthmus/envoy-api/envoy/extensions/retry/host/omit_host_metadata/v3/omit_host_metadata_config'
import { file_envoy_extensions_retry_host_previous_hosts_v3_previous_hosts } from '@isthmus/envoy-api/envoy/extensions/retry/host/previous_hosts/v3/previous_hosts'
import { file_envoy_extensions_retry_priority_previous_priorities_v3_previous_priorities_config } from '@isthmus/envoy-api/envoy/extensions/retry/priority/previous_priorities/v3/previous_priorities_config'
import { file_envoy_extensions_transport_sockets_internal_upstream_v3_internal_upstream } from '@isthmus/envoy-api/envoy/extensions/transport_sockets/internal_upstream/v3/internal_upstream'
import { file_envoy_extensions_transport_sockets_proxy_protocol_v3_upstream_proxy_protocol } from '@isthmus/envoy-api/envoy/extensions/transport_sockets/proxy_protocol/v3/upstream_proxy_protocol'
import { file_envoy_extensions_transport_sockets_raw_buffer_v3_raw_buffer } from '@isthmus/envoy-api/envoy/extensions/transport_sockets/raw_buffer/v3/raw_buffer'
import { file_envoy_extensions_transport_sockets_starttls_v3_starttls } from '@isthmus/envoy-api/envoy/extensions/transport_sockets/starttls/v3/starttls'
import { file_envoy_extensions_transport_sockets_tls_v3_secret } from '@isthmus/envoy-api/envoy/extensions/transport_sockets/tls/v3/secret'
import { file_envoy_extensions_transport_sockets_tls_v3_tls } from '@isthmus/envoy-api/envoy/extensions/transport_sockets/tls/v3/tls'
import { file_envoy_extensions_upstreams_http_v3_http_protocol_options } from '@isthmus/envoy-api/envoy/extensions/upstreams/http/v3/http_protocol_options'
import { file_envoy_service_discovery_v3_discovery } from '@isthmus/envoy-api/envoy/service/discovery/v3/discovery'
import { file_xds_type_matcher_v3_matcher } from '@isthmus/envoy-api/xds/type/matcher/v3/matcher'

/**
 * The message types that Isthmus puts into an Any, for the field rules and for showing configuration as JSON. Not all of
 * Envoy's: loading those takes half a second.
 */
export const registry = createRegistry(
  file_google_protobuf_struct,
  file_google_protobuf_wrappers,
  file_envoy_config_bootstrap_v3_bootstrap,
  file_envoy_config_cluster_v3_cluster,
  file_envoy_config_endpoint_v3_endpoint,
  file_envoy_config_listener_v3_listener,
  file_envoy_config_route_v3_route,
  file_envoy_extensions_access_loggers_file_v3_file,
  file_envoy_extensions_access_loggers_grpc_v3_als,
  file_envoy_extensions_access_loggers_stats_v3_stats,
  file_envoy_extensions_access_loggers_stream_v3_stream,
  file_envoy_extensions_clusters_aggregate_v3_cluster,
  file_envoy_extensions_clusters_dns_v3_dns_cluster,
  file_envoy_extensions_filters_common_set_filter_state_v3_value,
  file_envoy_extensions_filters_http_cors_v3_cors,
  file_envoy_extensions_filters_http_credential_injector_v3_credential_injector,
  file_envoy_extensions_filters_http_fault_v3_fault,
  file_envoy_extensions_filters_http_grpc_stats_v3_config,
  file_envoy_extensions_filters_http_grpc_web_v3_grpc_web,
  file_envoy_extensions_filters_http_header_mutation_v3_header_mutation,
  file_envoy_extensions_filters_http_health_check_v3_health_check,
  file_envoy_extensions_filters_http_jwt_authn_v3_config,
  file_envoy_extensions_filters_http_local_ratelimit_v3_local_rate_limit,
  file_envoy_extensions_filters_http_lua_v3_lua,
  file_envoy_extensions_filters_http_rbac_v3_rbac,
  file_envoy_extensions_filters_http_router_v3_router,
  file_envoy_extensions_filters_http_set_filter_state_v3_set_filter_state,
  file_envoy_extensions_filters_http_set_metadata_v3_set_metadata,
  file_envoy_extensions_filters_http_upstream_codec_v3_upstream_codec,
  file_envoy_extensions_filters_listener_http_inspector_v3_http_inspector,
  file_envoy_extensions_filters_listener_original_dst_v3_original_dst,
  file_envoy_extensions_filters_listener_original_src_v3_original_src,
  file_envoy_extensions_filters_listener_proxy_protocol_v3_proxy_protocol,
  file_envoy_extensions_filters_listener_tls_inspector_v3_tls_inspector,
  file_envoy_extensions_filters_network_connection_limit_v3_connection_limit,
  file_envoy_extensions_filters_network_direct_response_v3_config,
  file_envoy_extensions_filters_network_http_connection_manager_v3_http_connection_manager,
  file_envoy_extensions_filters_network_rbac_v3_rbac,
  file_envoy_extensions_filters_network_set_filter_state_v3_set_filter_state,
  file_envoy_extensions_filters_network_sni_cluster_v3_sni_cluster,
  file_envoy_extensions_filters_network_tcp_proxy_v3_tcp_proxy,
  file_envoy_extensions_formatter_cel_v3_cel,
  file_envoy_extensions_formatter_metadata_v3_metadata,
  file_envoy_extensions_formatter_req_without_query_v3_req_without_query,
  file_envoy_extensions_http_header_formatters_preserve_case_v3_preserve_case,
  file_envoy_extensions_http_injected_credentials_generic_v3_generic,
  file_envoy_extensions_http_original_ip_detection_xff_v3_xff,
  file_envoy_extensions_load_balancing_policies_cluster_provided_v3_cluster_provided,
  file_envoy_extensions_load_balancing_policies_least_request_v3_least_request,
  file_envoy_extensions_load_balancing_policies_maglev_v3_maglev,
  file_envoy_extensions_load_balancing_policies_random_v3_random,
  file_envoy_extensions_load_balancing_policies_ring_hash_v3_ring_hash,
  file_envoy_extensions_load_balancing_policies_round_robin_v3_round_robin,
  file_envoy_extensions_load_balancing_policies_subset_v3_subset,
  file_envoy_extensions_load_balancing_policies_wrr_locality_v3_wrr_locality,
  file_envoy_extensions_path_match_uri_template_v3_uri_template_match,
  file_envoy_extensions_path_rewrite_uri_template_v3_uri_template_rewrite,
  file_envoy_extensions_retry_host_omit_canary_hosts_v3_omit_canary_hosts,
  file_envoy_extensions_retry_host_omit_host_metadata_v3_omit_host_metadata_config,
  file_envoy_extensions_retry_host_previous_hosts_v3_previous_hosts,
  file_envoy_extensions_retry_priority_previous_priorities_v3_previous_priorities_config,
  file_envoy_extensions_transport_sockets_internal_upstream_v3_internal_upstream,
  file_envoy_extensions_transport_sockets_proxy_protocol_v3_upstream_proxy_protocol,
  file_envoy_extensions_transport_sockets_raw_buffer_v3_raw_buffer,
  file_envoy_extensions_transport_sockets_starttls_v3_starttls,
  file_envoy_extensions_transport_sockets_tls_v3_secret,
  file_envoy_extensions_transport_sockets_tls_v3_tls,
  file_envoy_extensions_upstreams_http_v3_http_protocol_options,
  file_envoy_service_discovery_v3_discovery,
  file_xds_type_matcher_v3_matcher,
)
