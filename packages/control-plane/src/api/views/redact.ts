const secret = /^(private_key|password|session_ticket_keys|generic_secret)$/

/** The same, without what must not leave the control plane. */
export function redacted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redacted)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, v]) => [key, secret.test(key) ? withheld(v) : redacted(v)]),
  )
}

/** A file's name tells nothing; what stands in it is what counts. */
function withheld(value: unknown): unknown {
  const filename = (value as { filename?: unknown } | null)?.filename
  return typeof filename === 'string' ? { filename } : '[redacted]'
}
