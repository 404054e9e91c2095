/** What a connection between regions carries before a bandwidth plan is bought: 1 kbit/s, as CEN's. */
export const unplannedRate = 1000

/**
 * The token bucket of one direction, as `tc` wants it.
 *
 * With a plan: 20 ms of the rate at once (at least one full segment), 50 ms of queue. Without: a bucket of 256 bytes
 * and a queue of a few packets. A ping (98 bytes) or the opening of a connection passes; a packet larger than the bucket
 * never does, so that a TLS handshake definitely fails instead of perhaps passing after a long time.
 * @param rate bits a second.
 */
export function tokenBucket(rate: number): string {
  if (rate <= unplannedRate) return `tbf rate ${rate}bit burst 256 limit 512`
  const burst = Math.max(3200, Math.round(rate / 8 / 50))
  const limit = burst + Math.max(15_000, Math.round(rate / 8 / 20))
  return `tbf rate ${rate}bit burst ${burst} limit ${limit}`
}

const units: Record<string, number> = { bps: 1, kbps: 1e3, mbps: 1e6, gbps: 1e9 }

/** `100Mbps` to bits a second; undefined when it is not a bandwidth. */
export function parseBandwidth(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([KMG]?bps)$/i.exec(text.trim())
  if (!match) return undefined
  const rate = Number(match[1]) * units[match[2]!.toLowerCase()]!
  return rate >= unplannedRate && rate <= 100e9 ? rate : undefined
}

export const formatBandwidth = (rate: number): string => {
  const unit = rate >= 1e9 && rate % 1e8 === 0 ? 'Gbps' : rate >= 1e6 && rate % 1e5 === 0 ? 'Mbps' : 'Kbps'
  return `${rate / units[unit.toLowerCase()]!}${unit}`
}
