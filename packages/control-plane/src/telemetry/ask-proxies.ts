/** A proxy that can be asked for its statistics. */
export interface AskableProxy {
  readonly cluster: string
  readonly namespace: string
  readonly pod: string
}

/** GETs a path of a proxy's metrics port and gives the body. Rejects where it cannot be reached or does not answer well. */
export type Ask = (proxy: AskableProxy, path: string) => Promise<string>

export interface Answer {
  /** `POD.NAMESPACE`. */
  readonly proxy: string
  readonly at: AskableProxy
  readonly text?: string
  /** Why there is no text, in words. */
  readonly error?: string
}

/** So many proxies are asked at once, and so many in all. */
const atOnce = 8
const mostAsked = 40

/** Asks proxies, a few at a time, the first forty of them; one that does not answer spoils nothing. */
export async function askAll(proxies: readonly AskableProxy[], path: string, ask: Ask): Promise<readonly Answer[]> {
  const asked = proxies.slice(0, mostAsked)
  const answers = new Array<Answer>(asked.length)
  let next = 0
  const worker = async () => {
    for (let i = next++; i < asked.length; i = next++) {
      const at = asked[i]!
      const proxy = `${at.pod}.${at.namespace}`
      try {
        answers[i] = { proxy, at, text: await ask(at, path) }
      } catch (error) {
        answers[i] = { proxy, at, error: (error as Error).message.slice(0, 300) }
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return answers
}

export function askedOf(answers: readonly Answer[]): { proxy: string; error?: string }[] {
  return answers.map(({ proxy, error }) => ({ proxy, ...(error !== undefined && { error }) }))
}
