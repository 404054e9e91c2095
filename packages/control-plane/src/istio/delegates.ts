import type { Finding, HttpMatch, HttpRoute, StringMatch, VirtualService } from '../model/index.ts'
import type { ParsedVirtualService } from './virtual-service.ts'

/** Puts the routes of delegates in the place of the routes that name them; delegates themselves are left out. */
export function mergeDelegates(parsed: readonly ParsedVirtualService[]): {
  readonly virtualServices: readonly VirtualService[]
  readonly findings: readonly Finding[]
} {
  const byName = new Map(parsed.filter(v => v.hosts.length === 0).map(v => [`${v.namespace}/${v.name}`, v]))
  const findings: Finding[] = []
  const virtualServices = parsed
    .filter(v => v.hosts.length > 0)
    .map(v => {
      if (v.delegates.size === 0) return withoutDelegates(v)
      const { delegates: _, ...root } = v
      const http = v.http.flatMap((route, i) => {
        const name = v.delegates.get(i)
        if (name === undefined) return [route]
        const say = (message: string) =>
          findings.push({
            code: 'ISM2009',
            severity: 'error',
            origin: v.origin,
            field: `spec.http[${i}].delegate`,
            message,
          })
        const delegate = byName.get(name)
        if (!delegate) say(`there is no VirtualService ${name} without hosts`)
        else if (delegate.delegates.size > 0) say(`${name} delegates further, which is not allowed`)
        else return mergeRoutes(route, delegate, say)
        return []
      })
      return { ...root, http }
    })
  return { virtualServices, findings }
}

const plain = new WeakMap<ParsedVirtualService, VirtualService>()

/** What it is where no other is merged in. The same object each time: whoever compares sees that it did not change. */
export function withoutDelegates(v: ParsedVirtualService): VirtualService {
  let made = plain.get(v)
  if (!made) {
    const { delegates: _, ...root } = v
    made = root
    plain.set(v, made)
  }
  return made
}

function mergeRoutes(root: HttpRoute, delegate: VirtualService, say: (message: string) => void): HttpRoute[] {
  return delegate.http.flatMap((route, i) => {
    const match = mergeMatches(root.match, route.match)
    if (!match) {
      say(`route ${i} of ${delegate.namespace}/${delegate.name} matches nothing that gets there`)
      return []
    }
    const mirrors = route.mirrors.length > 0 ? route.mirrors : root.mirrors
    return [{ ...root, ...defined(route), name: joinNames(root.name, route.name), match, mirrors }]
  })
}

/** What a match of the root and a match of the delegate both want; undefined where nothing is left. */
function mergeMatches(root: readonly HttpMatch[], delegate: readonly HttpMatch[]): readonly HttpMatch[] | undefined {
  if (root.length === 0) return delegate
  if (delegate.length === 0) return root
  const both = root.flatMap(r => delegate.flatMap(d => mergeMatch(r, d) ?? []))
  return both.length > 0 ? both : undefined
}

function mergeMatch(root: HttpMatch, delegate: HttpMatch): HttpMatch | undefined {
  const uri = narrower(root.uri, delegate.uri)
  if (uri === null) return undefined
  for (const field of ['scheme', 'method', 'authority', 'port', 'sourceNamespace'] as const)
    if (root[field] !== undefined && delegate[field] !== undefined && !same(root[field], delegate[field]))
      return undefined
  const name = joinNames(root.name, delegate.name)
  return {
    ...defined(root),
    ...defined(delegate),
    name,
    uri,
    headers: { ...root.headers, ...delegate.headers },
    withoutHeaders: { ...root.withoutHeaders, ...delegate.withoutHeaders },
    queryParams: { ...root.queryParams, ...delegate.queryParams },
    sourceLabels: { ...root.sourceLabels, ...delegate.sourceLabels },
    gateways: root.gateways.length > 0 ? root.gateways : delegate.gateways,
  }
}

/** The narrower of two uri matches where one lies within the other; null where neither does. */
function narrower(root: StringMatch | undefined, delegate: StringMatch | undefined): StringMatch | undefined | null {
  if (!root || !delegate || same(root, delegate)) return delegate ?? root
  return root.kind === 'prefix' && delegate.kind !== 'regex' && delegate.value.startsWith(root.value) ? delegate : null
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function joinNames(root: string | undefined, delegate: string | undefined): string | undefined {
  return root && delegate ? `${root}-${delegate}` : (root ?? delegate)
}

/** Without the fields that are undefined, so that spreading keeps what was there. */
function defined<T extends object>(value: T): Partial<T> & T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T
}
