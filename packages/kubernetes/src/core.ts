import type { IntOrString, KubeObject, LabelSelector, ObjectMeta } from './meta.ts'

export interface ServicePort {
  name?: string
  port: number
  targetPort?: IntOrString
  protocol?: string
  appProtocol?: string
  nodePort?: number
}

export interface Service extends KubeObject {
  spec: {
    type?: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName'
    clusterIP?: string
    clusterIPs?: string[]
    externalName?: string
    externalTrafficPolicy?: 'Cluster' | 'Local'
    internalTrafficPolicy?: string
    loadBalancerClass?: string
    selector?: Record<string, string>
    ports?: ServicePort[]
    publishNotReadyAddresses?: boolean
    healthCheckNodePort?: number
  }
  status?: { loadBalancer?: { ingress?: LoadBalancerIngress[] }; conditions?: unknown[] }
}

export interface LoadBalancerIngress {
  ip?: string
  hostname?: string
  ipMode?: string
  ports?: { port: number; protocol: string; error?: string }[]
}

export interface ContainerPort {
  name?: string
  containerPort: number
  protocol?: string
  hostPort?: number
}

export interface EnvVar {
  name: string
  value?: string
  valueFrom?: unknown
}

export interface Probe {
  httpGet?: {
    path?: string
    port: IntOrString
    scheme?: string
    host?: string
    httpHeaders?: { name: string; value: string }[]
  }
  tcpSocket?: { port: IntOrString; host?: string }
  exec?: { command?: string[] }
  grpc?: { port: number; service?: string }
  initialDelaySeconds?: number
  periodSeconds?: number
  timeoutSeconds?: number
  successThreshold?: number
  failureThreshold?: number
}

export interface VolumeMount {
  name: string
  mountPath: string
  readOnly?: boolean
  subPath?: string
}

export interface Container {
  name: string
  image: string
  imagePullPolicy?: string
  command?: string[]
  args?: string[]
  workingDir?: string
  env?: EnvVar[]
  envFrom?: unknown[]
  ports?: ContainerPort[]
  resources?: { limits?: Record<string, string>; requests?: Record<string, string> }
  volumeMounts?: VolumeMount[]
  livenessProbe?: Probe
  readinessProbe?: Probe
  startupProbe?: Probe
  lifecycle?: Record<string, unknown>
  /** 'Always' on an init container makes it a native sidecar. */
  restartPolicy?: string
  securityContext?: Record<string, unknown>
}

export interface Volume {
  name: string
  emptyDir?: { medium?: string; sizeLimit?: string }
  configMap?: { name: string; optional?: boolean; items?: { key: string; path: string }[] }
  secret?: { secretName: string; optional?: boolean; items?: { key: string; path: string }[] }
  projected?: { sources: unknown[]; defaultMode?: number }
  [source: string]: unknown
}

export interface PodSpec {
  containers: Container[]
  initContainers?: Container[]
  volumes?: Volume[]
  nodeName?: string
  nodeSelector?: Record<string, string>
  serviceAccountName?: string
  automountServiceAccountToken?: boolean
  terminationGracePeriodSeconds?: number
  restartPolicy?: string
  hostNetwork?: boolean
  dnsPolicy?: string
  securityContext?: Record<string, unknown>
  affinity?: unknown
  tolerations?: unknown[]
  topologySpreadConstraints?: unknown[]
  priorityClassName?: string
}

export interface PodCondition {
  type: string
  status: 'True' | 'False' | 'Unknown'
  reason?: string
  message?: string
}

export interface Pod extends KubeObject {
  spec: PodSpec
  status?: {
    phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown'
    podIP?: string
    podIPs?: { ip: string }[]
    hostIP?: string
    conditions?: PodCondition[]
    containerStatuses?: { name: string; ready: boolean; restartCount: number; state?: Record<string, unknown> }[]
  }
}

export interface Node extends KubeObject {
  spec: { podCIDR?: string; podCIDRs?: string[]; unschedulable?: boolean; taints?: unknown[]; providerID?: string }
  status?: { addresses?: { type: string; address: string }[]; conditions?: PodCondition[] }
}

export interface Namespace extends KubeObject {
  spec?: { finalizers?: string[] }
  status?: { phase?: string }
}

export interface Secret extends KubeObject {
  type?: string
  /** Values in base64. */
  data?: Record<string, string>
  stringData?: Record<string, string>
}

export interface ConfigMap extends KubeObject {
  data?: Record<string, string>
  binaryData?: Record<string, string>
}

export interface ServiceAccount extends KubeObject {
  secrets?: { name: string }[]
}

export interface EndpointSlice extends KubeObject {
  addressType: 'IPv4' | 'IPv6' | 'FQDN'
  endpoints?: SliceEndpoint[]
  ports?: { name?: string; port?: number; protocol?: string; appProtocol?: string }[]
}

export interface SliceEndpoint {
  addresses: string[]
  conditions?: { ready?: boolean; serving?: boolean; terminating?: boolean }
  nodeName?: string
  zone?: string
  hostname?: string
  targetRef?: { kind?: string; namespace?: string; name?: string; uid?: string }
}

export interface PodTemplateSpec {
  metadata?: Partial<ObjectMeta>
  spec: PodSpec
}

export interface Deployment extends KubeObject {
  spec: {
    replicas?: number
    selector: LabelSelector
    template: PodTemplateSpec
    strategy?: { type?: string; rollingUpdate?: { maxSurge?: IntOrString; maxUnavailable?: IntOrString } }
    minReadySeconds?: number
    revisionHistoryLimit?: number
    progressDeadlineSeconds?: number
  }
  status?: {
    observedGeneration?: number
    replicas?: number
    readyReplicas?: number
    updatedReplicas?: number
    availableReplicas?: number
    unavailableReplicas?: number
    conditions?: PodCondition[]
  }
}

export interface Lease extends KubeObject {
  spec: {
    holderIdentity?: string
    leaseDurationSeconds?: number
    acquireTime?: string
    renewTime?: string
    leaseTransitions?: number
  }
}
