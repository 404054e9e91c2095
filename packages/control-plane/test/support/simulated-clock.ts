import type { Clock } from '@isthmus/control-plane/runtime/index.ts'

/** Time that passes when it is told to. Milliseconds. */
export class SimulatedClock implements Clock {
  #now = 1_700_000_000_000
  #tasks: { readonly at: number; readonly task: () => void }[] = []

  now(): number {
    return this.#now
  }

  after(ms: number, task: () => void): () => void {
    const entry = { at: this.#now + ms, task }
    this.#tasks.push(entry)
    return () => {
      this.#tasks = this.#tasks.filter(other => other !== entry)
    }
  }

  /** Runs what is due, in its order. */
  pass(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      const due = this.#tasks.filter(t => t.at <= end).sort((a, b) => a.at - b.at)[0]
      if (!due) break
      this.#tasks = this.#tasks.filter(t => t !== due)
      this.#now = Math.max(this.#now, due.at)
      due.task()
    }
    this.#now = end
  }
}
