import type { Clock, Log } from '../runtime/index.ts'

/** Tries until it works: a control plane that starts before what it needs waits for it, and says so. */
export async function patiently<T>(what: string, clock: Clock, log: Log, task: () => Promise<T>): Promise<T> {
  for (let pause = 250; ; pause = Math.min(pause * 2, 5_000)) {
    try {
      return await task()
    } catch (error) {
      log.warn({ error: String(error) }, `waiting for ${what}`)
      // Not clock.after alone: its timer does not keep the process, and nothing else may do so yet.
      const keep = setInterval(() => {}, 60_000)
      await new Promise<void>(resolve => clock.after(pause, resolve))
      clearInterval(keep)
    }
  }
}
