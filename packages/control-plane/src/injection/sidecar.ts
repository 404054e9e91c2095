import { IsthmusError } from '@isthmus/errors'
import type { Container, Pod } from '@isthmus/kubernetes'
import { proxyPorts } from '../bootstrap/index.ts'
import { proxyContainer, proxyVolumes, redirectContainer } from './containers.ts'
import { type SidecarOverrides, sidecarOverrides } from './overrides.ts'
import { rewriteProbes } from './probes.ts'
import { redirectRules } from './redirect.ts'
import type { ProxySettings } from './settings.ts'
import { trafficCapture } from './traffic.ts'
import { workloadName } from './workload-name.ts'

const statusAnnotation = 'sidecar.istio.io/status'
const ours = ['istio-init', 'istio-proxy']

/**
 * The pod with its sidecar: redirection set up first, then the proxy as a native sidecar, so that it runs before every
 * other container and outlives them, then the pod's own containers. Given its own result it gives the same again.
 * Throws ISM4030 (annotation), ISM4031 (a container of the pod's own has the sidecar's name).
 */
export function injectSidecar(pod: Pod, namespace: string, settings: ProxySettings): Pod {
  const taken = pod.spec.containers.find(c => ours.includes(c.name))
  if (taken) throw new IsthmusError('ISM4031', `${namespace}/${workloadName(pod)}: container ${taken.name}`)
  const overrides = sidecarOverrides(pod)
  const { containers, tcpProbes } = rewriteProbes(pod.spec.containers)
  const serviceAccount = pod.spec.serviceAccountName || 'default'
  const proxy: Container = {
    ...proxyContainer({
      image: overrides.image ?? settings.proxyImage,
      process: overrides.process,
      resources: overrides.resources,
      drainSeconds: 0,
      bootstrap: {
        kind: 'sidecar',
        cluster: settings.cluster,
        namespace,
        pod: '$(POD_NAME)',
        ip: '$(INSTANCE_IP)',
        labels: pod.metadata.labels ?? {},
        workload: workloadName(pod),
        serviceAccount,
        network: settings.network,
        domain: settings.domain,
        redirect: settings.redirect,
        xdsAddress: settings.xdsAddress,
        tls: true,
        tcpProbes,
      },
    }),
    restartPolicy: 'Always',
  }
  const init = redirectContainer(
    settings.redirectImage,
    redirectRules(trafficCapture(pod.metadata.annotations), settings.redirect),
  )
  const volumes = proxyVolumes.map(v => v.name)
  return {
    ...pod,
    metadata: { ...pod.metadata, annotations: { ...scrapeAnnotations(pod), ...status(volumes) } },
    spec: {
      ...pod.spec,
      initContainers: [init, proxy, ...(pod.spec.initContainers ?? []).filter(c => !ours.includes(c.name))],
      containers: containers.map(c => withPause(c, pod, overrides)),
      volumes: [...(pod.spec.volumes ?? []).filter(v => !volumes.includes(v.name)), ...proxyVolumes],
    },
  }
}

/**
 * A container without a preStop hook of its own goes on serving for a moment after the pod is deleted: its address
 * leaves the proxies meanwhile. The kubelet itself waits; the container needs no program for it.
 */
function withPause(container: Container, pod: Pod, { pauseSeconds }: SidecarOverrides): Container {
  const grace = pod.spec.terminationGracePeriodSeconds ?? 30
  if (container.lifecycle?.preStop || pauseSeconds === 0 || grace <= pauseSeconds) return container
  return { ...container, lifecycle: { ...container.lifecycle, preStop: { sleep: { seconds: pauseSeconds } } } }
}

/** Tells Prometheus where the proxy's metrics are; a pod that has metrics of its own keeps its annotations. */
function scrapeAnnotations(pod: Pod): Record<string, string> {
  const annotations = pod.metadata.annotations ?? {}
  if (Object.keys(annotations).some(key => key.startsWith('prometheus.io/'))) return annotations
  return {
    ...annotations,
    'prometheus.io/scrape': 'true',
    'prometheus.io/port': String(proxyPorts.metrics),
    'prometheus.io/path': '/stats/prometheus',
  }
}

function status(volumes: readonly string[]): Record<string, string> {
  return { [statusAnnotation]: JSON.stringify({ initContainers: ours, containers: [], volumes, revision: 'default' }) }
}
