/** Time and chance as the control plane's runtime offers them (its Clock and Random fit); milliseconds. */
export interface Clock {
  now(): number
  /** Runs `task` once after `ms`; the returned function cancels it. */
  after(ms: number, task: () => void): () => void
}

export interface Random {
  /** A number in [0, 1). */
  next(): number
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}

export const systemRandom: Random = { next: () => Math.random() }

/** Resolves after `ms`, or at once when the signal aborts (never rejects: callers look at the signal). */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal?.aborted) return resolve()
    const end = () => {
      cancel()
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const cancel = clock.after(ms, end)
    signal?.addEventListener('abort', end, { once: true })
  })
}
