export interface ServiceList {
  readonly items: readonly {
    readonly spec: { readonly ports?: readonly { readonly name?: string; readonly port: number }[] }
    readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly LoadBalancerIngress[] } }
  }[]
}

interface LoadBalancerIngress {
  readonly ip?: string
  readonly hostname?: string
  readonly ports?: readonly { readonly port: number; readonly error?: string }[]
}

/**
 * `http://ADDRESS` of a gateway's Service, once it has an address. The load balancer says its own ports in the order of
 * the Service's: an ordinary user's cannot be 80.
 */
export function gatewayAddress(services: ServiceList): string | undefined {
  for (const service of services.items) {
    const ports = service.spec.ports ?? []
    const index = Math.max(
      ports.findIndex(port => port.name === 'http' || port.name === 'http2'),
      ports.findIndex(port => port.port === 80),
    )
    const [ingress] = service.status?.loadBalancer?.ingress ?? []
    const host = ingress?.ip ?? ingress?.hostname
    const port = ingress?.ports?.[index]?.port ?? ports[index]?.port
    if (host && port) return port === 80 ? `http://${host}` : `http://${host}:${port}`
  }
  return undefined
}
