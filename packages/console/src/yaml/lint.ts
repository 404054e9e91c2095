import { Validator } from '@cfworker/json-schema'
import { isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from 'yaml'
import { asJsonSchema, type KubeSchema } from './schema.ts'

export interface TextProblem {
  readonly from: number
  readonly to: number
  readonly severity: 'error' | 'warning'
  readonly message: string
}

const validators = new WeakMap<object, Validator>()

function validatorOf(schema: KubeSchema): Validator {
  const found = validators.get(schema)
  if (found) return found
  const made = new Validator(asJsonSchema(schema) as object, '2020-12', false)
  validators.set(schema, made)
  return made
}

/** What is wrong with a YAML text, where: its form, and what the schema does not take. Pure. */
export function problemsOf(text: string, schema?: object): TextProblem[] {
  const document = parseDocument(text, { lineCounter: new LineCounter(), prettyErrors: false })
  const broken = [...document.errors, ...document.warnings].map(
    (error): TextProblem => ({
      from: Math.min(error.pos[0], text.length),
      to: Math.min(error.pos[1], text.length),
      severity: error.name === 'YAMLWarning' ? 'warning' : 'error',
      message: error.message,
    }),
  )
  if (broken.length > 0 || !schema) return broken
  let value: unknown
  try {
    value = document.toJS()
  } catch (error) {
    // An alias without its anchor comes to light only here.
    return [{ from: 0, to: Math.min(1, text.length), severity: 'error', message: String(error) }]
  }
  const { errors } = validatorOf(schema as KubeSchema).validate(value)
  // A validator names each object on the way to a fault as well; the deepest is what people can mend.
  const leaves = errors.filter(
    error => !errors.some(other => other !== error && other.instanceLocation.startsWith(`${error.instanceLocation}/`)),
  )
  const problems = leaves.map((error): TextProblem => {
    const path = pathOf(error.instanceLocation)
    const [from, to] = rangeOf(document.contents, path, text.length)
    return { from, to, severity: 'error', message: `${fieldOf(path)}: ${plain(error.error, error.keyword)}` }
  })
  return problems.filter((p, i) => problems.findIndex(q => q.from === p.from && q.message === p.message) === i)
}

function pathOf(pointer: string): (string | number)[] {
  return pointer
    .replace(/^#\/?/, '')
    .split('/')
    .filter(part => part !== '')
    .map(part => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    .map(part => (/^\d+$/.test(part) ? Number(part) : part))
}

const fieldOf = (path: readonly (string | number)[]): string =>
  path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('') || 'object'

function plain(message: string, keyword: string): string {
  return keyword === 'additionalProperties' || message === 'False boolean schema.' ? 'there is no such field' : message
}

/** Where the key (or list item) at a path stands in the text. */
function rangeOf(root: unknown, path: readonly (string | number)[], end: number): [number, number] {
  let node: unknown = root
  let range: [number, number] = [0, Math.min(end, 1)]
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(item => isScalar(item.key) && String(item.key.value) === String(part))
      if (!pair) break
      range = span(pair.key as Node) ?? range
      node = pair.value
    } else if (isNode(node) && 'items' in node && typeof part === 'number') {
      node = (node.items as unknown[])[part]
      if (isNode(node)) range = span(node) ?? range
    } else break
  }
  return range
}

function span(node: Node): [number, number] | undefined {
  return node.range ? [node.range[0], Math.max(node.range[0] + 1, node.range[1])] : undefined
}
