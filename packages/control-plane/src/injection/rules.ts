import type { Pod } from '@isthmus/kubernetes'

/** Namespaces that never get sidecars: a cluster must come up without the mesh. */
export const systemNamespaces = ['kube-system', 'kube-public', 'kube-node-lease', 'istio-system'] as const

export const injectKey = 'sidecar.istio.io/inject'

/** Whether a pod gets a sidecar, and why (not). */
export interface InjectionDecision {
  readonly inject: boolean
  readonly reason: string
}

/**
 * Istio's rules, for a pod the webhook's selectors let through: never on the host's network, never in system namespaces;
 * the pod's label `sidecar.istio.io/inject` beats its annotation; without either it is injected.
 */
export function decideInjection(pod: Pod, namespace: string): InjectionDecision {
  if ((systemNamespaces as readonly string[]).includes(namespace))
    return { inject: false, reason: `namespace ${namespace} is a system namespace` }
  if (pod.spec.hostNetwork)
    return { inject: false, reason: "the pod is on the host's network, where redirection would catch the host" }
  const label = pod.metadata.labels?.[injectKey]
  const said = label ?? pod.metadata.annotations?.[injectKey]
  if (said === undefined || said === '') return { inject: true, reason: 'the namespace asks for it' }
  const inject = ['y', 'yes', 'true', 'on'].includes(said.toLowerCase())
  return { inject, reason: `${label === undefined ? 'annotation' : 'label'} ${injectKey} is "${said}"` }
}
