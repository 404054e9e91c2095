import type { RuleObject } from './full-objects.ts'

/** A place in an object: mapping keys and list indices. */
export type Path = readonly (string | number)[]

/** Every place of a value, of mappings and lists too. */
export function* placesOf(value: unknown, at: Path = []): Generator<Path> {
  if (at.length > 0) yield at
  if (Array.isArray(value)) for (const [i, v] of value.entries()) yield* placesOf(v, [...at, i])
  else if (typeof value === 'object' && value !== null)
    for (const [k, v] of Object.entries(value)) yield* placesOf(v, [...at, k])
}

export function valueAt(value: unknown, at: Path): unknown {
  return at.reduce<unknown>((v, step) => (v as Record<string | number, unknown> | undefined)?.[step], value)
}

/** The object with another value there; `undefined` takes the field away. */
export function withValue(object: RuleObject, at: Path, value: unknown): RuleObject {
  const made = structuredClone(object)
  const parent = valueAt(made.spec, at.slice(0, -1)) as Record<string | number, unknown>
  const last = at.at(-1)!
  if (value === undefined && !Array.isArray(parent)) delete parent[last]
  else parent[last] = value
  return made
}

/** The object with another name for a mapping's key there. */
export function withKey(object: RuleObject, at: Path, key: string): RuleObject {
  const made = structuredClone(object)
  const parent = valueAt(made.spec, at.slice(0, -1)) as Record<string, unknown>
  const last = String(at.at(-1))
  const value = parent[last]
  delete parent[last]
  parent[key] = value
  return made
}

const texts = [
  ...[
    '',
    ' ',
    '*',
    '/',
    '.',
    '-',
    '%',
    '%%',
    '%FOO%',
    '%REQ(',
    '100%',
    '\n',
    'a\r\nb: c',
    '\0',
    'é',
    '漢字',
    'a b',
    'a..b',
  ],
  ...[
    '(',
    '[',
    '*a',
    'a**',
    '\\',
    '\\1',
    '\\9',
    '\\y',
    '\\d',
    '(?=a)',
    '(?<n>a)',
    '(?i)a',
    'a{2}',
    'a{1001}',
    '(a{500}){500}',
    '[^]',
    '\\u0041',
    '[[:foo:]]',
    '\\C',
    '\\pX',
    'x{5,2}',
    '(?P=n)',
    '\\cA',
    '[a-\\d]',
    '(?<!a)b',
    '\\k<n>',
    '$',
    '^',
  ],
  ...['-1s', '0s', '0.1ms', '1ns', '99999999999h', '1', '1 s', 's', '1e9s', '10000000000s', '300000000000s'],
  ...[
    '127.0.0.1',
    '::1',
    '0.0.0.0',
    '::',
    '10.0.0.0/8',
    '10.0.0.0/33',
    '10.0.0.300',
    'fe80::1%eth0',
    '1.2.3',
    'unix:///x',
  ],
  ...[
    ':path',
    ':authority',
    'host',
    'Host',
    'x y',
    'x:y',
    'content-length',
    'connection',
    'X-UPPER',
    'http',
    'HTTP',
    'TCP',
    'TLS',
  ],
  ...[
    'http://',
    '//',
    '?q',
    '#f',
    '/a?b=c',
    '/a b',
    '*.example',
    '*.*',
    'a/b',
    '*/*',
    '~/*',
    'mesh',
    'nobody',
    'r1',
    'r1/*',
    '*',
    'x'.repeat(70),
  ],
  ...['x'.repeat(300), 'x'.repeat(5000), '99', '600', 'UNAVAILABLE', '__proto__', 'constructor', 'toString'],
]
const others = [
  ...[-1, 0, 1, 0.5, 1e-9, 99.99999999, 101, 199, 200, 599, 600, 1000, 15001, 15006, 15021, 19080, 65535, 65536],
  ...[8_388_608, 8_388_609, 5_000_012, 2_147_483_647, 2_147_483_648, 4_294_967_295, 4_294_967_296, 1e15, 1e308],
  ...[true, false, null, undefined, [], {}, [null], [''], [{}], { '': '' }, { a: 1 }],
]

/** What a person, or a program, may write where something else belongs. */
export const nastyValues: readonly unknown[] = [...new Set<unknown>([...texts, ...others])]
export const nastyKeys: readonly string[] = [...new Set(texts)]
