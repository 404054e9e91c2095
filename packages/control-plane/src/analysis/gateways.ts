import type { Finding, Gateway, Mesh } from '../model/index.ts'
import { originText, proxyListenerPorts, serverFamily, serverKind } from '../model/index.ts'

/** Servers of Gateways that cannot be served. Whether any proxy has the selector's labels is not known here. */
export function gatewayFindings(mesh: Pick<Mesh, 'gateways' | 'credentials'>): readonly Finding[] {
  const credentials = new Set([...mesh.credentials.keys()].map(key => key.slice(key.indexOf('/') + 1)))
  const owners = new Map<string, { readonly gateway: Gateway; readonly family: string }>()
  return mesh.gateways.flatMap(gateway =>
    gateway.servers.flatMap((server, i): readonly Finding[] => {
      const at = (code: Finding['code'], severity: Finding['severity'], field: string, message: string): Finding => ({
        code,
        severity,
        origin: gateway.origin,
        field: `spec.servers[${i}]${field}`,
        message,
      })
      const kind = serverKind(server)
      if (!kind) {
        const mode = server.tls ? ` with TLS mode ${server.tls.mode}` : ' without a tls section'
        return [at('ISM2210', 'error', '.tls.mode', `${server.port.protocol}${mode} is not served`)]
      }
      const found: Finding[] = []
      const family = serverFamily(kind).toUpperCase()
      const { number } = server.port
      if (proxyListenerPorts.has(number))
        return [at('ISM2214', 'error', '.port.number', `${number} is a port of the proxy's own`)]
      const key = JSON.stringify([number, server.bind ?? '', Object.entries(gateway.selector).sort()])
      const owner = owners.get(key)
      if (!owner) owners.set(key, { gateway, family })
      else if (owner.family !== family) {
        const message = `port ${number} carries ${owner.family} for ${originText(owner.gateway.origin)}, so ${family} cannot be told apart on it`
        found.push(at('ISM2208', 'error', '.port', message))
      }
      const name = server.tls?.credentialName?.replace(/^kubernetes:\/\//, '')
      const ends = family === 'TLS' && server.tls?.mode !== 'PASSTHROUGH'
      if (ends && !name) {
        found.push(at('ISM2209', 'error', '.tls.credentialName', 'the server ends TLS and names no credential'))
      } else if (ends && name && !credentials.has(name)) {
        found.push(
          at('ISM2209', 'error', '.tls.credentialName', `no Secret ${name} with a certificate and its key was found`),
        )
      }
      return found
    }),
  )
}
