/**
 * Which statistics a proxy keeps. Every one costs memory in every proxy for every cluster it knows; these are what the
 * control plane, dashboards and people looking for a fault use. A pod that needs others can be asked through its admin
 * interface only for those kept here.
 */
export const statsMatcher = {
  inclusion_list: {
    patterns: [
      { prefix: 'cluster_manager.' },
      { prefix: 'listener_manager.' },
      { prefix: 'server.' },
      { prefix: 'control_plane.' },
      { prefix: 'cluster.xds-grpc.' },
      { prefix: 'runtime.load_error' },
      { contains: 'istio_' },
      { suffix: '.membership_healthy' },
      { suffix: '.membership_total' },
      { suffix: '.upstream_cx_active' },
      { suffix: '.upstream_cx_connect_fail' },
      { suffix: '.upstream_rq_total' },
      { suffix: '.upstream_rq_active' },
      { suffix: '.upstream_rq_2xx' },
      { suffix: '.upstream_rq_4xx' },
      { suffix: '.upstream_rq_5xx' },
      { suffix: '.upstream_rq_retry' },
      { suffix: '.upstream_rq_retry_success' },
      { suffix: '.upstream_rq_retry_overflow' },
      { suffix: '.upstream_rq_timeout' },
      { suffix: '.upstream_rq_per_try_timeout' },
      { suffix: '.outlier_detection.ejections_active' },
      { suffix: '.outlier_detection.ejections_enforced_total' },
      { suffix: '.lb_healthy_panic' },
      { suffix: '.downstream_cx_active' },
      { suffix: '.downstream_rq_total' },
      { suffix: '.downstream_rq_2xx' },
      { suffix: '.downstream_rq_4xx' },
      { suffix: '.downstream_rq_5xx' },
    ],
  },
}

/** Istio's tags of the cluster name, so that dashboards can group by service, port, subset and direction. */
export const statsTags = [
  { tag_name: 'cluster_name', regex: '^cluster\\.((.+?(\\..+?\\.svc\\.cluster\\.local)?)\\.)' },
  { tag_name: 'response_code_class', regex: '_rq(_(\\dxx))$' },
]
