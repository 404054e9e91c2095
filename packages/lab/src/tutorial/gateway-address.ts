export interface ServiceList {
  readonly items: readonly {
    readonly spec: { readonly ports?: readonly { readonly port: number }[] }
    readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly LoadBalancerIngress[] } }
  }[]
}

interface LoadBalancerIngress {
  readonly ip?: string
  readonly hostname?: string
  readonly ports?: readonly { readonly port: number; readonly error?: string }[]
}

/** Where a gateway is reached: base URLs, without a path. */
export interface GatewayAddress {
  /** Its port 80. */
  readonly http: string
  /** The port that says whether it is ready; undefined where the Service has none. */
  readonly health?: string
}

/**
 * The addresses of a gateway's Service, once the load balancer has given them. Its own ports are in the order of the
 * Service's, and may be others: an ordinary user's cannot be 80.
 */
export function gatewayAddress(services: ServiceList): GatewayAddress | undefined {
  for (const { spec, status } of services.items) {
    const [ingress] = status?.loadBalancer?.ingress ?? []
    const host = ingress?.ip ?? ingress?.hostname
    if (!host) continue
    const url = (wanted: number) => {
      const index = spec.ports?.findIndex(({ port }) => port === wanted) ?? -1
      if (index < 0) return undefined
      const port = ingress?.ports?.[index]?.port ?? wanted
      return port === 80 ? `http://${host}` : `http://${host}:${port}`
    }
    const http = url(80)
    if (http) return { http, health: url(15021) }
  }
  return undefined
}
