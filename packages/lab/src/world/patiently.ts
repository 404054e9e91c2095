/**
 * Does something until it works: on a busy machine an API that is there may still take too long to answer. Each new
 * reason is said once.
 * @param stopped true: nobody wants it any more; gives undefined then.
 */
export async function patiently<T>(
  act: () => Promise<T>,
  say: (reason: string) => void,
  stopped: () => boolean,
): Promise<T | undefined> {
  let said = ''
  for (;;) {
    if (stopped()) return undefined
    try {
      return await act()
    } catch (error) {
      const { message } = error as Error
      if (message !== said && !stopped()) say(message)
      said = message
      await new Promise(resolve => setTimeout(resolve, 1000))
    }
  }
}
