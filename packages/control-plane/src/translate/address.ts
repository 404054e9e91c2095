/** A TCP socket address, the way Envoy nests it. */
export function socketAddress(address: string, port: number) {
  return {
    address: {
      case: 'socketAddress' as const,
      value: { address, portSpecifier: { case: 'portValue' as const, value: port } },
    },
  }
}

export function isIpv6(address: string): boolean {
  return address.includes(':')
}
