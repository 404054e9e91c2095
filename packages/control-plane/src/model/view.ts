import type { Locality } from './locality.ts'
import type { InboundPort } from './workload.ts'

/**
 * Everything translation may know of a proxy, and so the key of what is cached for it: an input that is not in here
 * cannot leak into a shared result. Proxies with equal views share bytes.
 */
export type ProxyView = SidecarView | GatewayView

interface BaseView {
  readonly cluster: string
  readonly namespace: string
  readonly locality: Locality
  readonly network: string
}

/**
 * How a sidecar's own traffic is told from its application's, so that it is not redirected again: by user id (production),
 * by packet mark (where a user namespace has one mapped id), or there is no redirection at all and the application is
 * pointed at the sidecar's own ports. Node metadata `ISTHMUS_REDIRECT` says it; absent, it is 'uid', as with Istio's proxies.
 */
export type Redirect = 'mark' | 'uid' | 'none'

/**
 * Ports of every proxy's own listeners: redirected traffic out and in, health, metrics. Nothing else may listen on them at any
 * address: Envoy would refuse the proxy's own listener.
 */
export const proxyListenerPorts: ReadonlySet<number> = new Set([15001, 15006, 15021, 15090])

export interface SidecarView extends BaseView {
  readonly kind: 'sidecar'
  readonly redirect: Redirect
  /** What the pod serves; decides the inbound listener. */
  readonly inbound: readonly InboundPort[]
  /** Labels, where some rule selects on them (Sidecar.workloadSelector, match.sourceLabels); else empty, so that views are shared. */
  readonly labels: Readonly<Record<string, string>>
}

export interface GatewayView extends BaseView {
  readonly kind: 'gateway'
  /** Gateway.selector matches on these. */
  readonly labels: Readonly<Record<string, string>>
}

/** Who a proxy is, as its node and its token say (Istio's node format: `sidecar~IP~POD.NS~NS.svc.DOMAIN`). */
export interface ProxyNode {
  readonly id: string
  readonly kind: 'sidecar' | 'gateway'
  readonly cluster: string
  readonly namespace: string
  readonly pod: string
  readonly ip: string
  readonly labels: Readonly<Record<string, string>>
  readonly locality: Locality
  readonly network: string
  readonly serviceAccount: string
  readonly envoyVersion: string
  readonly redirect: Redirect
}

const keys = new WeakMap<ProxyView, string>()

/** Equal text, equal view. */
export function viewKey(v: ProxyView): string {
  let key = keys.get(v)
  if (key === undefined) {
    key = JSON.stringify(v, (_key, value) =>
      value && typeof value === 'object' && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    )
    keys.set(v, key)
  }
  return key
}
