const names: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** Whether a Host header names this machine to itself, with any port. */
export function isLoopbackName(host: string | undefined): boolean {
  return names.has((host ?? '').replace(/:\d+$/, ''))
}
