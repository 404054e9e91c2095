import { proxyId, proxyPorts } from '../bootstrap/index.ts'
import type { Redirect } from '../model/index.ts'
import type { TrafficCapture } from './traffic.ts'

/**
 * The nftables rules of a pod with a sidecar, as one text for `nft`. Made at admission, so that the init container is
 * nothing but nft. Running it again replaces the table as a whole. IPv4; what a dual-stack pod sends over IPv6 is not
 * taken over.
 *
 * Order matters and is Istio's:
 * - what the proxy sends goes out as it is (by user id, or by packet mark in a user namespace with one id);
 * - what stays in the pod (loopback, or its own address, which is routed over `lo`) is the application talking to itself;
 * - the rest of TCP goes to the proxy. UDP, and so DNS, is left alone.
 */
export function redirectRules(capture: TrafficCapture, mode: Exclude<Redirect, 'none'>): string {
  const exempt = mode === 'mark' ? `meta mark ${proxyId} return` : `meta skuid ${proxyId} return`
  const own = [
    proxyPorts.admin,
    proxyPorts.outbound,
    proxyPorts.inbound,
    proxyPorts.tunnel,
    proxyPorts.agent,
    proxyPorts.health,
    proxyPorts.metrics,
  ]
  return [
    'add table ip isthmus',
    'delete table ip isthmus',
    'table ip isthmus {',
    '  chain outbound {',
    '    type nat hook output priority -100; policy accept;',
    `    ${exempt}`,
    '    ip daddr 127.0.0.0/8 return',
    '    oifname "lo" return',
    ...outbound(capture).map(rule => `    ${rule}`),
    '  }',
    '  chain inbound {',
    '    type nat hook prerouting priority -100; policy accept;',
    `    tcp dport ${set([...own, ...capture.excludeInboundPorts])} return`,
    ...inbound(capture).map(rule => `    ${rule}`),
    '  }',
    '}',
  ].join('\n')
}

function outbound(c: TrafficCapture): string[] {
  const to = `redirect to :${proxyPorts.outbound}`
  const rules: string[] = []
  if (c.excludeOutboundPorts.length > 0) rules.push(`tcp dport ${set(c.excludeOutboundPorts)} return`)
  if (c.includeOutboundPorts.length > 0) rules.push(`tcp dport ${set(c.includeOutboundPorts)} ${to}`)
  for (const range of new Set(c.excludeOutboundIPRanges)) rules.push(`ip daddr ${range} return`)
  if (c.includeOutboundIPRanges === '*') rules.push(`meta l4proto tcp ${to}`)
  else for (const range of new Set(c.includeOutboundIPRanges)) rules.push(`ip daddr ${range} meta l4proto tcp ${to}`)
  return rules
}

function inbound(c: TrafficCapture): string[] {
  const to = `redirect to :${proxyPorts.inbound}`
  if (c.includeInboundPorts === '*') return [`meta l4proto tcp ${to}`]
  return c.includeInboundPorts.length > 0 ? [`tcp dport ${set(c.includeInboundPorts)} ${to}`] : []
}

function set(ports: readonly number[]): string {
  return `{ ${[...new Set(ports)].sort((a, b) => a - b).join(', ')} }`
}
