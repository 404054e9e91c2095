import { parseAllDocuments } from 'yaml'

interface Schema {
  readonly type?: string
  readonly description?: string
  readonly enum?: readonly string[]
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly additionalProperties?: Schema | boolean
  readonly required?: readonly string[]
  readonly 'x-kubernetes-int-or-string'?: boolean
}

interface Definition {
  readonly spec: {
    readonly group: string
    readonly scope: string
    readonly names: { readonly kind: string; readonly shortNames?: readonly string[] }
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[]
  }
}

/** docs/reference/resources.md: the fields of our own kinds, from their definitions. `texts` are the files of deploy/crds. */
export function resourcesPage(texts: readonly string[]): string {
  const out = [
    '# Resources of the mesh API',
    '',
    "Beside Istio's own kinds ([what is honoured of them](istio-api.md)) the mesh API has these. This page is made from `deploy/crds` by `npm run docs`; the lab's cloud has [a page of its own](lab-resources.md).",
  ]
  for (const text of texts)
    for (const document of parseAllDocuments(text)) {
      const { spec } = document.toJS() as Definition
      const { names, group, scope, versions } = spec
      for (const { name, schema } of versions) {
        const short = names.shortNames?.length ? `, short \`${names.shortNames.join('`, `')}\`` : ''
        out.push(
          '',
          `## ${names.kind}`,
          '',
          `\`${group}/${name}\`, ${scope.toLowerCase()}${short}. ${schema.openAPIV3Schema.description ?? ''}`,
        )
        const { spec: fields, status } = schema.openAPIV3Schema.properties ?? {}
        for (const [title, part] of [
          ['spec', fields],
          ['status', status],
        ] as const) {
          if (!part?.properties) continue
          out.push('', `| ${title} | type | |`, '|---|---|---|')
          for (const line of rows(part, `${title}.`)) out.push(line)
        }
      }
    }
  return `${out.join('\n')}\n`
}

function rows(schema: Schema, path: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const inner = field.items ?? field
    const required = schema.required?.includes(name) ? ' (required)' : ''
    const extra = [
      field.enum ? `one of ${field.enum.join(', ')}` : '',
      field.default === undefined ? '' : `default ${JSON.stringify(field.default)}`,
    ]
    const words = [field.description?.trim().replace(/\s+/g, ' ') ?? '', ...extra].filter(Boolean).join('; ')
    const at = `${path}${name}${field.items ? '[]' : ''}`
    return [`| \`${at}\` | ${typeOf(field)}${required} | ${words.replaceAll('|', '\\|')} |`, ...rows(inner, `${at}.`)]
  })
}

function typeOf(field: Schema): string {
  if (field['x-kubernetes-int-or-string']) return 'integer or string'
  if (field.items) return `list of ${typeOf(field.items)}`
  if (typeof field.additionalProperties === 'object') return `map of ${typeOf(field.additionalProperties)}`
  return field.type ?? 'any'
}
