import { IsthmusError } from '@isthmus/errors'

/** `HOST:PORT`, with an IPv6 host in brackets. Throws ISM5001. */
export function listenAddress(text: string, option: string): { readonly host: string; readonly port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text)
  const port = Number(match?.[3])
  if (!match || port > 65_535) throw new IsthmusError('ISM5001', `${option} ${text}: give HOST:PORT`)
  return { host: match[1] ?? match[2] ?? '', port }
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}
