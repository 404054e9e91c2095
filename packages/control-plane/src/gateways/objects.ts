import type { KubeObject } from '@isthmus/kubernetes'
import { defaultProcessOptions, proxyPorts } from '../bootstrap/index.ts'
import { type ProxySettings, proxyContainer, proxyVolumes } from '../injection/index.ts'
import type { GatewaySpec } from './spec.ts'

/** On everything that is made for an IstioGateway, so that what it no longer asks for is found again. */
export const ownedBy = 'mesh.isthmus.dev/gateway'

/** Seconds a gateway fails its health check before it ends, so that load balancers leave first. */
const drainSeconds = 5

/** The ServiceAccount, Deployment and Service of a gateway in one member cluster. Pure. */
export function gatewayObjects(gateway: GatewaySpec, settings: ProxySettings): readonly KubeObject[] {
  const { name, namespace } = gateway
  const serviceAccount = `${name}-service-account`
  const labels = {
    app: `istio-${name}`,
    istio: name,
    'service.istio.io/canonical-name': `istio-${name}`,
    ...gateway.podLabels,
  }
  const selector = { app: `istio-${name}`, istio: name }
  const metadata = (of: string) => ({
    name: of,
    namespace,
    labels: {
      app: `istio-${name}`,
      istio: name,
      [ownedBy]: `${namespace}.${name}`,
      'app.kubernetes.io/managed-by': 'isthmus',
    },
  })
  const container = proxyContainer({
    image: settings.proxyImage,
    process: defaultProcessOptions,
    resources: gateway.resources,
    drainSeconds,
    bootstrap: {
      kind: 'router',
      cluster: settings.cluster,
      namespace,
      pod: '$(POD_NAME)',
      ip: '$(INSTANCE_IP)',
      labels,
      workload: `istio-${name}`,
      serviceAccount,
      network: settings.network,
      domain: settings.domain,
      redirect: 'none',
      xdsAddress: settings.xdsAddress,
      tls: true,
      tcpProbes: [],
    },
  })
  const ports = gateway.ports.map(port => ({
    name: port.name,
    containerPort: port.targetPort,
    protocol: port.protocol,
  }))
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata(serviceAccount) },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadata(`istio-${name}`),
      spec: {
        replicas: gateway.replicas,
        selector: { matchLabels: selector },
        strategy: {
          type: 'RollingUpdate',
          rollingUpdate: { maxSurge: gateway.maxSurge ?? '100%', maxUnavailable: gateway.maxUnavailable ?? '25%' },
        },
        template: {
          metadata: {
            labels,
            annotations: {
              'sidecar.istio.io/inject': 'false',
              'prometheus.io/scrape': 'true',
              'prometheus.io/port': String(proxyPorts.metrics),
              'prometheus.io/path': '/stats/prometheus',
              ...gateway.podAnnotations,
            },
          },
          spec: {
            serviceAccountName: serviceAccount,
            dnsPolicy: gateway.dnsPolicy,
            hostNetwork: gateway.hostNetwork || undefined,
            nodeSelector: gateway.nodeSelector,
            terminationGracePeriodSeconds: 30,
            containers: [
              {
                ...container,
                ports: [...ports, ...(container.ports ?? [])],
                readinessProbe: { ...container.readinessProbe, periodSeconds: 1, failureThreshold: 2 },
                securityContext: gatewaySecurity(gateway, settings, container.securityContext),
              },
            ],
            volumes: proxyVolumes,
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { ...metadata(`istio-${name}`), annotations: gateway.serviceAnnotations },
      spec: {
        type: gateway.serviceType,
        selector,
        ...(gateway.serviceType !== 'ClusterIP' && { externalTrafficPolicy: gateway.externalTrafficPolicy }),
        ports: [
          { name: 'status-port', port: proxyPorts.health, targetPort: proxyPorts.health, protocol: 'TCP' },
          ...gateway.ports.map(port => ({
            name: port.name,
            port: port.port,
            targetPort: port.targetPort,
            protocol: port.protocol,
            nodePort: port.nodePort,
          })),
        ].filter((port, i, all) => all.findIndex(other => other.port === port.port) === i),
      },
    },
  ] as KubeObject[]
}

/**
 * A gateway listens on its target ports itself: below 1024 that takes root, or the one capability for it. Where sidecars
 * are told apart by a packet mark there is no other user id than root's.
 */
function gatewaySecurity(gateway: GatewaySpec, settings: ProxySettings, common: Record<string, unknown> | undefined) {
  const low = gateway.ports.some(port => port.targetPort < 1024)
  if (gateway.runAsRoot || settings.redirect === 'mark')
    return { ...common, runAsUser: 0, runAsGroup: 0, runAsNonRoot: false }
  return { ...common, capabilities: { drop: ['ALL'], ...(low && { add: ['NET_BIND_SERVICE'] }) } }
}
