import { compare } from '../istio/index.ts'
import type { Finding } from '../model/index.ts'

/** What is said about objects, by what says it (an object's key, a hostname…). */
export class FindingTable {
  readonly #by = new Map<string, readonly Finding[]>()
  #changed = false
  #all: readonly Finding[] = []

  set(key: string, findings: readonly Finding[]): void {
    const before = this.#by.get(key)
    if (findings.length === 0 ? before === undefined : JSON.stringify(before) === JSON.stringify(findings)) return
    if (findings.length === 0) this.#by.delete(key)
    else this.#by.set(key, findings)
    this.#changed = true
  }

  /** True once after each change. */
  settle(): boolean {
    if (!this.#changed) return false
    this.#changed = false
    this.#all = [...this.#by].sort(([a], [b]) => compare(a, b)).flatMap(([, findings]) => findings)
    return true
  }

  get all(): readonly Finding[] {
    return this.#all
  }
}
