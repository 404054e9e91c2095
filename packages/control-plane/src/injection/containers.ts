import type { Container, Volume } from '@isthmus/kubernetes'
import {
  type BootstrapOptions,
  drainHook,
  type ProcessOptions,
  proxyArguments,
  proxyEnvironment,
  proxyId,
  proxyPaths,
  proxyPorts,
} from '../bootstrap/index.ts'
import { tokenAudience } from '../identity/token.ts'
import type { Redirect } from '../model/index.ts'

export const trustConfigMap = 'istio-ca-root-cert'

/** Volumes of every proxy, sidecar or gateway. */
export const proxyVolumes: readonly Volume[] = [
  { name: 'istiod-ca-cert', configMap: { name: trustConfigMap } },
  {
    name: 'istio-token',
    projected: {
      sources: [{ serviceAccountToken: { audience: tokenAudience, expirationSeconds: 3600, path: proxyPaths.token } }],
    },
  },
]

export interface ProxyContainerOptions {
  readonly image: string
  readonly bootstrap: BootstrapOptions
  readonly process: ProcessOptions
  readonly resources: Container['resources']
  /** Seconds between failing the health check and the end, on deletion. */
  readonly drainSeconds: number
}

/** The proxy's container, alike for sidecars and gateways. */
export function proxyContainer(o: ProxyContainerOptions): Container {
  const health = { httpGet: { path: '/healthz/ready', port: proxyPorts.health }, timeoutSeconds: 3 }
  return {
    name: 'istio-proxy',
    image: o.image,
    imagePullPolicy: 'IfNotPresent',
    args: proxyArguments(o.bootstrap, o.process),
    env: proxyEnvironment(o.bootstrap),
    ports: [
      { name: 'http-envoy-prom', containerPort: proxyPorts.metrics, protocol: 'TCP' },
      { name: 'status-port', containerPort: proxyPorts.health, protocol: 'TCP' },
    ],
    resources: o.resources,
    startupProbe: { ...health, periodSeconds: 1, failureThreshold: 600 },
    readinessProbe: { ...health, periodSeconds: 5, failureThreshold: 4 },
    lifecycle: { preStop: drainHook(o.drainSeconds) },
    volumeMounts: [
      { name: 'istiod-ca-cert', mountPath: proxyPaths.trust, readOnly: true },
      { name: 'istio-token', mountPath: proxyPaths.tokens, readOnly: true },
    ],
    securityContext: proxySecurity(o.bootstrap.redirect),
  }
}

function proxySecurity(redirect: Redirect) {
  const common = { allowPrivilegeEscalation: false, privileged: false, readOnlyRootFilesystem: true }
  // Setting a packet mark needs NET_ADMIN; by user id the proxy needs nothing at all.
  return redirect === 'mark'
    ? { ...common, runAsUser: 0, capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] } }
    : { ...common, runAsUser: proxyId, runAsGroup: proxyId, runAsNonRoot: true, capabilities: { drop: ['ALL'] } }
}

/** The init container that sets the pod's redirection up: nft, given the rules. */
export function redirectContainer(image: string, rules: string): Container {
  return {
    name: 'istio-init',
    image,
    imagePullPolicy: 'IfNotPresent',
    args: [rules],
    resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '1', memory: '64Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      runAsUser: 0,
      runAsGroup: 0,
      runAsNonRoot: false,
      capabilities: { add: ['NET_ADMIN', 'NET_RAW'], drop: ['ALL'] },
    },
  }
}
