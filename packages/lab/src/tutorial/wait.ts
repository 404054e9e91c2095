/** What a condition looked like when it was last asked. */
export type Seen<T> = { readonly done: true; readonly value: T } | { readonly done: false; readonly seen: string }

export class NotInTime extends Error {
  override readonly name = 'NotInTime'
}

export interface WaitOptions {
  readonly seconds: number
  /** Pause between two looks; 150 unless set. */
  readonly everyMs?: number
  readonly progress?: (text: string) => void
}

/** Looks until it is done. Throws `NotInTime` with what was last seen; an error of a look counts as not done yet. */
export async function until<T>(what: string, look: () => Promise<Seen<T>>, options: WaitOptions): Promise<T> {
  const began = performance.now()
  let last = 'nothing yet'
  for (;;) {
    try {
      const seen = await look()
      if (seen.done) return seen.value
      last = seen.seen
    } catch (error) {
      last = error instanceof Error ? error.message : String(error)
    }
    const elapsed = (performance.now() - began) / 1000
    if (elapsed > options.seconds)
      throw new NotInTime(`${what} did not come within ${options.seconds} s; last seen: ${last}`)
    options.progress?.(`${what} (${elapsed.toFixed(0)} s; ${last.split('\n')[0]})`)
    await new Promise(resolve => setTimeout(resolve, options.everyMs ?? 150))
  }
}

/** Done when the text fits. */
export function when(done: boolean, seen: string): Seen<string> {
  return done ? { done: true, value: seen } : { done: false, seen }
}
