/** What the CRD lets a policy hold (deploy/crds/mesh.isthmus.dev_regionaltrafficpolicies.yaml). */
export const policyLimits = { services: 256, rules: 64, to: 32 } as const

/**
 * The first list of a policy that holds more than the CRD lets it, in words. What the API server never saw could else be as
 * large as somebody likes, and so could the work of looking at it.
 */
export function oversized(spec: unknown): string | undefined {
  const { services, failover, distribution } = fieldsOf(spec)
  if (sizeOf(services) > policyLimits.services) return `spec.services: more than ${policyLimits.services}`
  for (const [name, section] of Object.entries({ failover, distribution })) {
    const { rules } = fieldsOf(section)
    if (sizeOf(rules) > policyLimits.rules) return `spec.${name}.rules: more than ${policyLimits.rules}`
    for (const rule of Object.values(fieldsOf(rules)))
      if (sizeOf(fieldsOf(rule).to) > policyLimits.to) return `spec.${name}.rules.to: more than ${policyLimits.to}`
  }
  return undefined
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {}
}

/** Of a list, a map or a text. */
function sizeOf(value: unknown): number {
  return typeof value === 'string' ? value.length : Object.keys(fieldsOf(value)).length
}
