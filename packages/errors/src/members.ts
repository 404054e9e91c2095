import { table } from './entry.ts'

/** ISM40xx: members. */
export const membersErrors = table({
  ISM4001: {
    reason: 'NoRoute',
    meaning: "Nothing carries packets from the mesh to the cluster's API, or none back.",
    mend: 'Attach both VPCs to transit routers (TransitRouterVpcAttachment) and join the routers of the two regions (TransitRouterPeerAttachment); the message names what is missing.',
  },
  ISM4002: {
    reason: 'SecurityGroupDrops',
    meaning: "A security group drops what the mesh sends to the cluster's API.",
    mend: 'Add an inbound rule to the security group that the message names, with the source and port it names.',
  },
  ISM4003: {
    reason: 'NoBandwidth',
    meaning: 'The inter-region connection has no bandwidth: it carries 1 kbit/s, enough for ping, not for TLS.',
    mend: 'Give the inter-region connection (TransitRouterPeerAttachment) that the message names a bandwidth plan.',
  },
  ISM4004: {
    reason: 'ApiUnreachable',
    meaning: "The cluster's API does not answer from where the mesh runs.",
    mend: 'Look at whether the API server runs and listens at this address, then at routes, security groups and inter-region bandwidth between the mesh and it. The address must be the one the mesh can reach: isthmus cluster add --server.',
  },
  ISM4005: {
    reason: 'CertificateNotTrusted',
    meaning:
      "The certificate of the cluster's API is not signed by the authority in the kubeconfig, or not for this address.",
    mend: 'Take a fresh kubeconfig of the cluster; if only the address differs, let the API certificate include it, or set tls-server-name in the kubeconfig.',
  },
  ISM4006: {
    reason: 'CredentialsRefused',
    meaning: "The cluster's API does not know the credentials in the kubeconfig.",
    mend: 'Take a fresh kubeconfig of the cluster and add it again; it will replace the old one.',
  },
  ISM4007: {
    reason: 'PermissionsMissing',
    meaning: 'The credentials in the kubeconfig may not do what joining needs.',
    mend: 'Use a kubeconfig whose user may create namespaces, service accounts, cluster roles and bindings, config maps and mutating webhooks: cluster-admin, once. The mesh makes an account of its own and uses that afterwards.',
  },
  ISM4008: {
    reason: 'NoRegion',
    meaning:
      'Nodes carry no topology.kubernetes.io/region label, and the cluster was given no region: its endpoints have no place in regional policies.',
    mend: 'Label the nodes with topology.kubernetes.io/region, or set spec.region of the MemberCluster (isthmus cluster add --region).',
  },
  ISM4009: {
    reason: 'CidrOverlap',
    meaning:
      "The cluster's pod or service addresses overlap with another member's, so an address does not say which cluster it is in.",
    mend: 'Create one of the two clusters with other CIDR blocks; pod CIDRs cannot be changed later.',
  },
  ISM4010: {
    reason: 'KubeconfigUnusable',
    meaning: 'The kubeconfig of the member cluster is missing or cannot be read.',
    mend: 'Run isthmus cluster add again with a kubeconfig context that works, or correct the Secret that the message names.',
  },
  ISM4011: {
    reason: 'NotKubernetes',
    meaning: "What answers at the address of the cluster's API is not a Kubernetes API.",
    mend: 'Look at the server address in the kubeconfig: a proxy or another service may be listening there.',
  },
  ISM4012: {
    reason: 'JoinFailed',
    meaning: 'The cluster can be reached, but what joining creates there was refused.',
    mend: 'Read the message: it is what the API of the cluster said. Joining is tried again.',
  },
  ISM4013: {
    reason: 'ClusterNotFound',
    meaning: 'There is no member cluster of this name.',
    mend: 'See isthmus cluster list.',
  },
  ISM4014: {
    reason: 'NotJoinedInTime',
    meaning: 'The cluster has not joined within the time given, and its diagnosis is not finished.',
    mend: 'Joining goes on: watch it with isthmus cluster list. If nothing happens at all, see whether the control plane runs.',
  },
  ISM4015: {
    reason: 'ServerTimeout',
    meaning: "TCP reaches the cluster's API, but TLS does not complete.",
    mend: 'This is what a link with almost no bandwidth looks like: look at the bandwidth plan of the inter-region connection, then at the load of the API server.',
  },
  ISM4016: {
    reason: 'NotRemoved',
    meaning: 'A cluster could not be removed: what the mesh made in it is still there.',
    mend: 'Bring back the way to its API, or leave what is there: isthmus cluster remove --force. Its webhook then refuses new pods of injected namespaces until it is deleted: kubectl delete mutatingwebhookconfiguration isthmus-sidecar-injector.',
  },
  ISM4017: {
    reason: 'TimeoutInvalid',
    meaning: 'A time to wait is not a positive number of seconds.',
    mend: 'Give seconds, for instance --timeout 60.',
  },
  ISM4030: {
    reason: 'AnnotationInvalid',
    meaning: "An annotation on a pod that steers its sidecar's traffic cannot be read.",
    mend: 'Ports are numbers separated by commas, ranges are CIDR blocks separated by commas, or * for all.',
  },
  ISM4031: {
    reason: 'SidecarNameTaken',
    meaning: 'A pod has a container of its own that is named like the sidecar.',
    mend: 'Rename the container istio-proxy or istio-init, or exempt the pod: label sidecar.istio.io/inject: "false".',
  },
})
