import { stringify } from 'yaml'

/** What a node's kubelet and kube-proxy are configured with. */
export interface NodeConfig {
  readonly name: string
  /** The node's disk. */
  readonly disk: string
  readonly dnsAddress: string
  /** Range of all pods of the cluster: what comes from elsewhere to a service's address is masqueraded. */
  readonly podCidr: string
  readonly proxyKubeconfig: string
}

/**
 * The kubelet's configuration. Upstream's defaults but for what a sandbox forbids (cgroups, limits on file systems) and
 * what would make a lab slow: back-off and how soon a silent node is noticed.
 */
export function kubeletConfig({ disk, dnsAddress }: NodeConfig): string {
  return stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    containerRuntimeEndpoint: `unix://${disk}/cri.sock`,
    clusterDNS: [dnsAddress],
    clusterDomain: 'cluster.local',
    resolvConf: '',
    // A sandbox has no cgroups to divide.
    cgroupDriver: 'cgroupfs',
    cgroupsPerQOS: false,
    enforceNodeAllocatable: [],
    failCgroupV1: false,
    failSwapOn: false,
    // Without it the scheduler refuses pods that ask for ephemeral storage.
    localStorageCapacityIsolation: true,
    evictionHard: {
      'memory.available': '1Mi',
      'nodefs.available': '0%',
      'nodefs.inodesFree': '0%',
      'imagefs.available': '0%',
      'imagefs.inodesFree': '0%',
    },
    imageGCHighThresholdPercent: 100,
    makeIPTablesUtilChains: false,
    healthzPort: 0,
    volumePluginDir: `${disk}/kubelet/volumeplugins`,
    shutdownGracePeriod: '0s',
    // Upstream: 10 s, 5 min, 40 s lease, 1 min.
    nodeStatusUpdateFrequency: '2s',
    nodeStatusReportFrequency: '1m',
    nodeLeaseDurationSeconds: 8,
    syncFrequency: '5s',
    configMapAndSecretChangeDetectionStrategy: 'Watch',
    crashLoopBackOff: { maxContainerRestartPeriod: '2s' },
    featureGates: { KubeletCrashLoopBackOffMax: true, KubeletInUserNamespace: true },
    serializeImagePulls: false,
    registryPullQPS: 0,
    eventRecordQPS: 0,
    logging: { verbosity: 1 },
  })
}

export function proxyConfig({ name, podCidr, proxyKubeconfig }: NodeConfig): string {
  return stringify({
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    clientConnection: { kubeconfig: proxyKubeconfig },
    hostnameOverride: name,
    clusterCIDR: podCidr,
    // The machine's own connection tracking is not this node's to set.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
    nftables: { masqueradeAll: false, syncPeriod: '30s', minSyncPeriod: '100ms' },
    healthzBindAddress: '',
    metricsBindAddress: '127.0.0.1:10249',
  })
}
