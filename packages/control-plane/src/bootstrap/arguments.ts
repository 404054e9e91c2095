import { bootstrap } from './bootstrap.ts'
import type { BootstrapOptions } from './options.ts'

export interface ProcessOptions {
  /** Worker threads. Locality weights are scheduled by each worker for itself: exact shares need one. */
  readonly concurrency: number
  /** Seconds over which connections are let go before listeners close. */
  readonly drainSeconds: number
  readonly logLevel: string
}

export const defaultProcessOptions: ProcessOptions = { concurrency: 1, drainSeconds: 45, logLevel: 'warning' }

/**
 * The proxy container's arguments. Envoy reads no environment in its configuration, but the kubelet fills in `$(NAME)` in
 * arguments: so what is known only when the pod runs (its name, its address) needs no program beside Envoy.
 */
export function proxyArguments(o: BootstrapOptions, process: ProcessOptions = defaultProcessOptions): string[] {
  return [
    '--config-yaml',
    JSON.stringify(bootstrap(o)),
    '--concurrency',
    String(process.concurrency),
    '--drain-time-s',
    String(process.drainSeconds),
    // Every response closes its connection once the proxy drains, not a growing share of them.
    '--drain-strategy',
    'immediate',
    '--log-level',
    process.logLevel,
    '--disable-hot-restart',
  ]
}

/** Environment of a proxy container: what the arguments refer to, and what its metrics are labelled with. */
export function proxyEnvironment(o: Pick<BootstrapOptions, 'workload' | 'cluster'>) {
  return [
    ...fromPod,
    { name: 'ISTIO_META_WORKLOAD_NAME', value: o.workload },
    { name: 'ISTIO_META_CLUSTER_ID', value: o.cluster },
  ]
}

const fromPod = [
  fromField('POD_NAME', 'metadata.name'),
  fromField('POD_NAMESPACE', 'metadata.namespace'),
  fromField('INSTANCE_IP', 'status.podIP'),
  fromField('HOST_IP', 'status.hostIP'),
  fromField('SERVICE_ACCOUNT', 'spec.serviceAccountName'),
  // Kubernetes 1.35 puts the node's region on its pods; before, it is empty.
  fromField('ISTHMUS_REGION', "metadata.labels['topology.kubernetes.io/region']"),
]

function fromField(name: string, fieldPath: string) {
  return { name, valueFrom: { fieldRef: { fieldPath } } }
}

/**
 * A preStop hook: the proxy fails its health check, so that load balancers leave, and closes each connection with its next
 * response; new connections still work. Then `seconds` for everybody to notice.
 */
export function drainHook(seconds: number) {
  const request = 'POST /healthcheck/fail HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n'
  const post = `exec 3<>/dev/tcp/127.0.0.1/15000 && printf '${request}' >&3 && cat <&3 >/dev/null`
  return { exec: { command: ['bash', '-c', seconds > 0 ? `${post}; exec sleep ${seconds}` : post] } }
}
