import { readFileSync } from 'node:fs'

/** External addresses are of the host's loopback: 127.1.0.1 and on, one for each service, kept while the lab runs. */
export class ExternalAddresses {
  readonly #taken = new Map<string, string>()

  of(service: string): string {
    const had = this.#taken.get(service)
    if (had) return had
    const inUse = new Set(this.#taken.values())
    for (let n = 1; n < 65_536; n++) {
      const address = `127.1.${n >> 8}.${n & 255}`
      if (inUse.has(address)) continue
      this.#taken.set(service, address)
      return address
    }
    throw new Error('no external address is left')
  }

  release(service: string): void {
    this.#taken.delete(service)
  }
}

/**
 * Host ports to try for a service's port: itself where this user may listen on it, then 8000 above it (80 becomes 8080,
 * 443 becomes 8443), then any that is free.
 */
export function portsToTry(port: number, lowest = lowestPort()): readonly number[] {
  const above = port < 1024 ? port + 8000 : port
  return port >= lowest ? [port, above, 0] : [above, 0]
}

/** The lowest port an ordinary user may listen on; 0 for root. */
export function lowestPort(): number {
  if (process.getuid?.() === 0) return 0
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'))
  } catch {
    return 1024
  }
}
