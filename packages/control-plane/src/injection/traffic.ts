import { IsthmusError } from '@isthmus/errors'
import ipaddr from 'ipaddr.js'

/** Which traffic a sidecar takes over: Istio's `traffic.sidecar.istio.io/…` annotations, read. '*' means all. */
export interface TrafficCapture {
  readonly includeOutboundIPRanges: '*' | readonly string[]
  readonly excludeOutboundIPRanges: readonly string[]
  readonly includeOutboundPorts: readonly number[]
  readonly excludeOutboundPorts: readonly number[]
  readonly includeInboundPorts: '*' | readonly number[]
  readonly excludeInboundPorts: readonly number[]
}

const prefix = 'traffic.sidecar.istio.io/'

/** Reads the annotations, with Istio's defaults. Throws ISM4030 naming the annotation and the part that is wrong. */
export function trafficCapture(annotations: Readonly<Record<string, string>> = {}): TrafficCapture {
  const parts = (name: string): string[] =>
    (annotations[prefix + name] ?? '')
      .split(',')
      .map(part => part.trim())
      .filter(Boolean)
  const ports = (name: string) => parts(name).map(part => port(name, part))
  const ranges = (name: string) => parts(name).map(part => range(name, part))
  const all = (name: string) => (annotations[prefix + name] ?? '*').trim() === '*'
  return {
    includeOutboundIPRanges: all('includeOutboundIPRanges') ? '*' : ranges('includeOutboundIPRanges'),
    excludeOutboundIPRanges: ranges('excludeOutboundIPRanges'),
    includeOutboundPorts: ports('includeOutboundPorts'),
    excludeOutboundPorts: ports('excludeOutboundPorts'),
    includeInboundPorts: all('includeInboundPorts') ? '*' : ports('includeInboundPorts'),
    excludeInboundPorts: ports('excludeInboundPorts'),
  }
}

function port(name: string, text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < 1 || value > 65535)
    throw new IsthmusError('ISM4030', `${prefix}${name}: "${text}" is not a port`)
  return value
}

/** A range in canonical form; a single address is its own range. */
function range(name: string, text: string): string {
  try {
    const [address, bits] = text.includes('/') ? ipaddr.parseCIDR(text) : [ipaddr.parse(text), 32]
    if (address.kind() === 'ipv4') return `${ipaddr.IPv4.networkAddressFromCIDR(`${address}/${bits}`)}/${bits}`
  } catch {
    // Said below.
  }
  throw new IsthmusError('ISM4030', `${prefix}${name}: "${text}" is not an IPv4 range`)
}
