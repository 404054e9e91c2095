import type { Clock } from '../runtime/index.ts'

/** How long sending may keep the event loop from what comes in. Milliseconds. */
const slice = 5

/** Who has something to send at the end of a turn of the event loop: one after the other, with pauses for what comes in. */
export class Turn {
  readonly #clock: Clock
  #due: { run(): void }[] = []
  #at = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Runs it once after this turn. */
  add(task: { run(): void }): void {
    if (this.#due.push(task) === 1) setImmediate(this.#run)
  }

  readonly #run = (): void => {
    const until = this.#clock.now() + slice
    // What is added meanwhile has its turn after the others.
    const end = this.#due.length
    for (; this.#at < end; this.#at++) {
      this.#due[this.#at]!.run()
      if ((this.#at & 15) === 15 && this.#clock.now() > until) {
        this.#at++
        break
      }
    }
    this.#due = this.#due.slice(this.#at)
    this.#at = 0
    if (this.#due.length > 0) setImmediate(this.#run)
  }
}
