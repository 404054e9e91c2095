import {
  type Gateway,
  type GatewayServer,
  type Mesh,
  narrower,
  type ProxyView,
  proxyListenerPorts,
  type ServerKind,
  selects,
  serverFamily,
  serverKind,
} from '../model/index.ts'

/** A server of a Gateway that holds for a view, with what Envoy will make of it. */
export interface ViewServer {
  readonly gateway: Gateway
  readonly server: GatewayServer
  /** `namespace/name`, as VirtualServices refer to it. */
  readonly gatewayName: string
  readonly kind: ServerKind
}

/** Servers on one address and port. */
export interface ServerGroup {
  readonly address: string
  readonly port: number
  readonly servers: readonly ViewServer[]
}

/**
 * The servers of all Gateways whose selector matches, by address and port. Several Gateways on one port are one listener; a
 * port is plaintext HTTP, plain TCP, or TLS, as its oldest Gateway says: analysis reports the others.
 */
export function serverGroups(view: ProxyView, mesh: Mesh): readonly ServerGroup[] {
  const groups = new Map<string, { address: string; port: number; servers: ViewServer[] }>()
  for (const gateway of mesh.gateways) {
    if (!selects(gateway.selector, view.labels)) continue
    for (const server of gateway.servers) {
      const kind = serverKind(server)
      if (!kind || proxyListenerPorts.has(server.port.number)) continue
      const address = server.bind || '0.0.0.0'
      const key = `${address}_${server.port.number}`
      let group = groups.get(key)
      if (!group) {
        group = { address, port: server.port.number, servers: [] }
        groups.set(key, group)
      }
      const first = group.servers[0]
      if (first && serverFamily(first.kind) !== serverFamily(kind)) continue
      group.servers.push({ gateway, server, kind, gatewayName: `${gateway.namespace}/${gateway.name}` })
    }
  }
  return [...groups.values()].sort((a, b) => a.port - b.port || (a.address < b.address ? -1 : 1))
}

/** DNS names of a server, without their namespaces. */
export function serverHosts(server: GatewayServer): string[] {
  return server.hosts.map(host => host.slice(host.indexOf('/') + 1))
}

/** The hosts that a VirtualService of a namespace and a server have in common: of each pair the narrower name. */
export function commonHosts(s: ViewServer, namespace: string, hosts: readonly string[]): string[] {
  const common = new Set<string>()
  for (const pattern of s.server.hosts) {
    const slash = pattern.indexOf('/')
    const from = slash < 0 ? '*' : pattern.slice(0, slash)
    const allowed = from === '*' || from === namespace || (from === '.' && namespace === s.gateway.namespace)
    if (!allowed) continue
    for (const host of hosts) {
      const both = narrower(pattern.slice(slash + 1), host)
      if (both !== undefined) common.add(both)
    }
  }
  return [...common]
}
