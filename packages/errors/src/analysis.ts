import { table } from './entry.ts'

/** ISM22xx: analysis. */
export const analysisErrors = table({
  ISM2201: {
    reason: 'HostNotFound',
    meaning: 'A route leads to a host that is no service of the mesh; its requests get 503.',
    mend: 'Correct the host (short names mean the VirtualService’s own namespace), or create the Service or ServiceEntry.',
  },
  ISM2202: {
    reason: 'SubsetNotFound',
    meaning: 'A route leads to a subset that no DestinationRule of the host defines; its requests get 503.',
    mend: 'Add the subset to the host’s DestinationRule, or correct its name in the route.',
  },
  ISM2203: {
    reason: 'GatewayNotFound',
    meaning: 'A VirtualService is bound to a Gateway that does not exist, so nothing reaches it from there.',
    mend: 'Create the Gateway, or write the name as namespace/name when it is in another namespace.',
  },
  ISM2204: {
    reason: 'RuleWithoutService',
    meaning: 'No service of the mesh has the DestinationRule’s host, so the rule has no effect.',
    mend: 'Correct the host (short names mean the rule’s own namespace), or create the service.',
  },
  ISM2205: {
    reason: 'SubsetEmpty',
    meaning: 'No endpoint of the service has the subset’s labels; requests sent to the subset get 503.',
    mend: 'Nothing to do while no route leads to it; else deploy pods with these labels, or correct the labels.',
  },
  ISM2206: {
    reason: 'PortNotFound',
    meaning:
      'A route leads to a port that the service does not have, or does not say which of several; its requests get 503.',
    mend: 'Write destination.port.number with one of the ports that the message lists.',
  },
  ISM2207: {
    reason: 'PortShared',
    meaning: 'Services without an address of their own use one port number in ways that cannot all be told apart.',
    mend: 'Give one of them another port number, or an address (a ServiceEntry’s addresses, a Service’s clusterIP).',
  },
  ISM2208: {
    reason: 'GatewayPortConflict',
    meaning: 'Gateways of one selector want different kinds of traffic on one port; the oldest decides.',
    mend: 'Move the server named in the message to a port of its own.',
  },
  ISM2209: {
    reason: 'CredentialNotFound',
    meaning: 'No Secret of the name was found, so the server is left out: its clients cannot connect.',
    mend: 'Create the Secret (kubectl create secret tls) in the gateway’s own namespace, in each cluster that runs the gateway.',
  },
  ISM2210: {
    reason: 'GatewayModeNotServed',
    meaning: 'The server’s protocol or TLS mode is not served by this mesh, so the server is left out.',
    mend: 'Use HTTP, HTTPS with SIMPLE, MUTUAL or PASSTHROUGH, TLS, or TCP.',
  },
  ISM2211: {
    reason: 'ServiceMissingInRegion',
    meaning: 'A policy sends a service’s requests to a region in which the service does not exist.',
    mend: 'Deploy the service there too, or leave it out of the policy; until then the region cannot take over.',
  },
  ISM2212: {
    reason: 'VirtualServiceShadowed',
    meaning: 'An older VirtualService of the same host decides for sidecars; this one is not used for the host.',
    mend: 'Put the routes into one VirtualService: sidecars do not merge them.',
  },
  ISM2214: {
    reason: 'PortReserved',
    meaning:
      'The port is one of the proxy’s own (15001, 15006, 15021, 15090), so nothing else can be served or routed on it.',
    mend: 'Use another port number; until then a Gateway’s server is left out, and a service’s traffic is passed through unrouted.',
  },
  ISM2213: {
    reason: 'RouteUnreachable',
    meaning: 'An earlier route of the VirtualService matches everything, so this one is never reached.',
    mend: 'Move the route that matches everything to the end.',
  },
})
