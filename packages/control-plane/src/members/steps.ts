import type { Clock } from '../runtime/index.ts'

/** One step after the other, never two at once: when the one before says, or sooner when woken. */
export class Steps {
  readonly #clock: Clock
  readonly #step: () => Promise<number | undefined>
  #running = false
  #wanted = false
  #stopped = false
  #cancel: () => void = () => {}

  /** @param step gives the milliseconds until the next, undefined: none before it is woken. Never rejects. */
  constructor(clock: Clock, step: () => Promise<number | undefined>) {
    this.#clock = clock
    this.#step = step
  }

  /** A step now, or as soon as the one under way has ended. */
  wake(): void {
    if (this.#stopped) return
    this.#wanted = true
    this.#cancel()
    if (!this.#running) void this.#run()
  }

  stop(): void {
    this.#stopped = true
    this.#cancel()
  }

  async #run(): Promise<void> {
    this.#running = true
    while (this.#wanted && !this.#stopped) {
      this.#wanted = false
      const pause = await this.#step()
      if (pause !== undefined && !this.#wanted && !this.#stopped)
        this.#cancel = this.#clock.after(pause, () => {
          this.#wanted = true
          if (!this.#running) void this.#run()
        })
    }
    this.#running = false
  }
}
