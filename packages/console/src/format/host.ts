/** `reviews.default` for `reviews.default.svc.cluster.local`; other hosts stay whole. */
export function shortHost(host: string): string {
  const parts = host.split('.')
  return parts.length > 3 && parts[2] === 'svc' ? `${parts[0]}.${parts[1]}` : host
}
