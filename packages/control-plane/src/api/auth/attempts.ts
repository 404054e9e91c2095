import type { Clock } from '../../runtime/index.ts'

const windowMs = 60_000
const perAddress = 10
const altogether = 100

/**
 * Failed sign-ins: ten a minute from one address, then it waits; a hundred from all, then those wait that failed. An address
 * that did not fail never waits for others.
 */
export class Attempts {
  readonly #clock: Clock
  #failures: { readonly address: string; readonly at: number }[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Seconds to wait; 0: go on. */
  waitFor(address: string): number {
    const now = this.#clock.now()
    this.#failures = this.#failures.filter(f => now - f.at < windowMs)
    const own = this.#failures.filter(f => f.address === address)
    const full = own.length >= perAddress ? own : this.#failures.length >= altogether ? own : undefined
    const oldest = full?.[0]
    return oldest ? Math.max(1, Math.ceil((oldest.at + windowMs - now) / 1000)) : 0
  }

  failed(address: string): void {
    this.#failures.push({ address, at: this.#clock.now() })
  }
}
