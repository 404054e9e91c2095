import { table } from './entry.ts'

/** ISM30xx: xds. */
export const xdsErrors = table({
  ISM3001: {
    reason: 'EnvoyWouldRefuse',
    meaning:
      "Envoy's own field rules refuse the configuration made from this object; proxies keep what they had before.",
    mend: 'Change the field of the object that the message names, or report a bug when the object is right.',
  },
  ISM3002: {
    reason: 'ReferenceMissing',
    meaning: 'A listener or route names something that is not in the mesh as its proxies see it.',
    mend: 'Create what is named, or make it visible (exportTo, Sidecar), or take the reference away.',
  },
  ISM3003: {
    reason: 'EndpointsKept',
    meaning: 'A change would have left the service without any endpoint while one of its clusters cannot be read.',
    mend: "Bring back the connection to the cluster's API: isthmus cluster list shows which one is stale.",
  },
  ISM3004: {
    reason: 'ProxyRefused',
    meaning: 'A proxy refused the configuration made from this object and keeps what it had before.',
    mend: "Read the proxy's own words in the message; isthmus proxy status shows which proxies are behind.",
  },
  ISM3010: {
    reason: 'RequestMalformed',
    meaning: 'What a client sent is no gRPC frame or no discovery request.',
    mend: 'Only proxies may connect to the xDS port: check what else does.',
  },
  ISM3011: {
    reason: 'RequestTooLarge',
    meaning: 'A discovery request is larger than the limit.',
    mend: 'Let the proxy set set_node_on_first_message_only, or lower the number of resources it names.',
  },
  ISM3012: {
    reason: 'TooManySubscriptions',
    meaning: 'One stream subscribes to more resources than the limit.',
    mend: 'Use a wildcard subscription, or narrow what the proxy sees with a Sidecar resource.',
  },
  ISM3013: {
    reason: 'NodeInvalid',
    meaning: "The first request of a stream does not say who the proxy is in Istio's node format.",
    mend: 'Set the node id to sidecar~IP~POD.NAMESPACE~NAMESPACE.svc.DOMAIN, as isthmus proxies do.',
  },
  ISM3014: {
    reason: 'TooManyStreams',
    meaning: 'One connection opens more streams than the limit.',
    mend: 'A proxy needs one aggregated stream: check which client opens more.',
  },
  ISM3015: {
    reason: 'MethodUnknown',
    meaning: 'The xDS server does not offer the method.',
    mend: 'Use aggregated discovery (ads) in the bootstrap, with GRPC or DELTA_GRPC.',
  },
  ISM3016: {
    reason: 'TranslationFailed',
    meaning: 'Configuration could not be made for a group of proxies; they keep what they had before.',
    mend: 'This is a bug: the log holds the trace. Undo the last change of configuration meanwhile.',
  },
  ISM3017: {
    reason: 'ClientDoesNotRead',
    meaning:
      'A proxy read nothing of what it was sent for a minute; its connection was dropped, so that it costs no memory.',
    mend: 'Look at that proxy: it hangs, its CPU is throttled, or the network between holds its bytes up. It comes back by itself.',
  },
})
