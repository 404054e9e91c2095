import type { Container, Probe } from '@isthmus/kubernetes'
import { probePath, proxyPorts } from '../bootstrap/index.ts'

const kinds = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const

/**
 * tcpSocket probes become HTTP probes of the sidecar, which connects to the application (`bootstrap/probes.ts`): left as
 * they are they would pass as soon as the sidecar listens. HTTP, gRPC and exec probes reach the application through the
 * sidecar or beside it and stay.
 */
export function rewriteProbes(containers: readonly Container[]): { containers: Container[]; tcpProbes: number[] } {
  const found = new Set<number>()
  const rewritten = containers.map(container => {
    const changed: Partial<Record<(typeof kinds)[number], Probe>> = {}
    for (const kind of kinds) {
      const probe = container[kind]
      const port = probe && (tcpPort(probe, container) ?? rewrittenPort(probe))
      if (!probe || port === undefined) continue
      found.add(port)
      const { tcpSocket: _, ...rest } = probe
      changed[kind] = { ...rest, httpGet: { path: probePath(port), port: proxyPorts.health, scheme: 'HTTP' } }
    }
    return { ...container, ...changed }
  })
  return { containers: rewritten, tcpProbes: [...found].sort((a, b) => a - b) }
}

/** The number of a tcpSocket probe's port. A probe of another host than the pod, or of a name nobody has, stays as it is. */
function tcpPort(probe: Probe, container: Container): number | undefined {
  const port = probe.tcpSocket && !probe.tcpSocket.host ? probe.tcpSocket.port : undefined
  if (port === undefined || typeof port === 'number') return port
  return container.ports?.find(p => p.name === port)?.containerPort
}

/** The webhook may see a pod twice. */
function rewrittenPort(probe: Probe): number | undefined {
  if (probe.httpGet?.port !== proxyPorts.health) return undefined
  const port = Number(/\/(\d+)$/.exec(probe.httpGet.path ?? '')?.[1])
  return port && probe.httpGet.path === probePath(port) ? port : undefined
}
