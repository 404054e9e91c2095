/** The part of OpenAPI v3 that Kubernetes' structural schemas use. */
export interface KubeSchema {
  readonly type?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, KubeSchema>>
  readonly additionalProperties?: boolean | KubeSchema
  readonly items?: KubeSchema
  readonly enum?: readonly unknown[]
  readonly required?: readonly string[]
  readonly nullable?: boolean
  readonly [more: string]: unknown
}

/** What metadata is, which a CustomResourceDefinition leaves open. */
const metadata: KubeSchema = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    namespace: { type: 'string' },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    annotations: { type: 'object', additionalProperties: { type: 'string' } },
  },
}

/** The schema of what stands at a path; numbers are places in lists. Undefined: not known. */
export function schemaAt(schema: KubeSchema, path: readonly (string | number)[]): KubeSchema | undefined {
  let at: KubeSchema | undefined = schema
  for (const [i, part] of path.entries()) {
    if (!at) return undefined
    if (typeof part === 'number') at = at.items
    else if (i === 0 && part === 'metadata') at = metadata
    else if (at.properties && Object.hasOwn(at.properties, part)) at = at.properties[part]
    else at = typeof at.additionalProperties === 'object' ? at.additionalProperties : undefined
  }
  return at
}

/**
 * The same as a JSON Schema that says what the API server says: fields nobody declared are wrong, null stands where it may,
 * `x-kubernetes-int-or-string` is either. Pure.
 */
export function asJsonSchema(schema: KubeSchema, top = true): KubeSchema {
  if (schema['x-kubernetes-int-or-string']) return { anyOf: [{ type: 'integer' }, { type: 'string' }] } as KubeSchema
  const { properties, items, additionalProperties, nullable, format: _format, default: _default, ...rest } = schema
  const each = (of: Readonly<Record<string, KubeSchema>>) =>
    Object.fromEntries(Object.entries(of).map(([name, value]) => [name, asJsonSchema(value, false)]))
  const lists = Object.fromEntries(
    ['anyOf', 'oneOf', 'allOf'].flatMap(name => {
      const list = schema[name]
      // Branches say only what must be there: unknown fields are the outer schema's matter.
      return Array.isArray(list) ? [[name, list]] : []
    }),
  )
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true
  const base: KubeSchema = {
    ...rest,
    ...lists,
    ...(properties && { properties: { ...each(properties), ...(top && { metadata: { type: 'object' } }) } }),
    ...(items && { items: asJsonSchema(items, false) }),
    ...(typeof additionalProperties === 'object'
      ? { additionalProperties: asJsonSchema(additionalProperties, false) }
      : properties && !open && !top && { additionalProperties: false }),
  }
  return nullable ? ({ anyOf: [{ type: 'null' }, base] } as KubeSchema) : base
}
