import { hash } from 'node:crypto'
import { createRequire } from 'node:module'
import type { KubeObject } from '@isthmus/kubernetes'
import type { Node } from 'yaml'
import { parsePlainYaml } from './plain-yaml.ts'

const require = createRequire(import.meta.url)

/** Loaded when a text is not plain, or is broken: most directories never need it. */
function fullYaml(): typeof import('yaml') {
  return require('yaml') as typeof import('yaml')
}

/** One object of a YAML text and where it begins. */
export interface PlacedObject {
  readonly object: KubeObject
  /** First line, from 1. */
  readonly line: number
}

/** With the document's own text, for finding a field's line: not to be kept, it is as much as all else. */
export interface ReadObject extends PlacedObject {
  readonly text: string
}

export interface TextProblem {
  readonly code: 'ISM4201' | 'ISM4203'
  readonly line: number
  readonly message: string
}

export interface ReadText {
  readonly objects: readonly ReadObject[]
  readonly problems: readonly TextProblem[]
}

/** Values of documents by the hash of their text: after an edit only what was edited is parsed. */
export type DocumentCache = Map<string, unknown>

/**
 * The Kubernetes objects of a YAML text. Documents are parsed one by one and without positions, which is fast; positions are
 * worked out only for what is broken.
 */
export function readObjects(text: string, cache: DocumentCache = new Map()): ReadText {
  const objects: ReadObject[] = []
  const problems: TextProblem[] = []
  const used: DocumentCache = new Map()
  for (const part of documents(text)) {
    const key = hash('sha256', part.text, 'base64')
    const value = cache.has(key) ? cache.get(key) : parsed(part, problems)
    used.set(key, value)
    if (value === undefined || value === null) continue
    const items = isList(value) ? value.items : [value]
    for (const item of items) {
      const wrong = notAnObject(item)
      if (wrong) problems.push({ code: 'ISM4203', line: part.line, message: wrong })
      else objects.push({ object: withNamespace(item as KubeObject), line: part.line, text: part.text })
    }
  }
  cache.clear()
  // A document that could not be parsed must be parsed (and complained of) again.
  for (const [key, value] of used) if (value !== undefined) cache.set(key, value)
  return { objects, problems }
}

/** The line (from 1) of a field within a document's text: that of the nearest parent where it is not there. */
export function lineOfField(text: string, field: string): number {
  const { isMap, isNode, isSeq, LineCounter, parseDocument } = fullYaml()
  const counter = new LineCounter()
  let node: unknown = parseDocument(text, { lineCounter: counter }).contents
  let line = 1
  for (const step of field.matchAll(/[^.[\]]+/g)) {
    const child: unknown = isMap(node)
      ? node.get(step[0], true)
      : isSeq(node)
        ? node.get(Number(step[0]), true)
        : undefined
    if (!isNode(child)) break
    node = child
    line = counter.linePos((child as Node).range?.[0] ?? 0).line
  }
  return line
}

interface Part {
  readonly text: string
  /** Line of its first line that is neither empty nor a comment. */
  readonly line: number
}

/** Splits at `---`, which YAML allows nowhere else at the beginning of a line. */
function* documents(text: string): Generator<Part> {
  let line = 1
  for (const [i, whole] of text
    .replaceAll('\r\n', '\n')
    .split(/^---(?=\s|$)/m)
    .entries()) {
    const lines = whole.split('\n')
    const skipped = lines.findIndex((l, n) => !/^\s*(#.*)?$/.test(l) && !(n === 0 && i === 0 && l.startsWith('%')))
    if (skipped >= 0) {
      const body = lines.slice(skipped).join('\n')
      yield { text: body, line: line + skipped }
    }
    line += lines.length - 1
  }
}

function parsed(part: Part, problems: TextProblem[]): unknown {
  const plain = parsePlainYaml(part.text)
  if (plain) return plain.value
  const { LineCounter, parse, parseDocument } = fullYaml()
  try {
    return parse(part.text, { prettyErrors: false, logLevel: 'error' })
  } catch {
    const counter = new LineCounter()
    const [error] = parseDocument(part.text, { lineCounter: counter, prettyErrors: false }).errors
    const line = part.line + counter.linePos(error?.pos[0] ?? 0).line - 1
    problems.push({ code: 'ISM4201', line, message: error?.message ?? 'not valid YAML' })
    return undefined
  }
}

function isList(value: unknown): value is { items: unknown[] } {
  const v = value as { kind?: unknown; items?: unknown }
  return typeof value === 'object' && v.kind === 'List' && Array.isArray(v.items)
}

function notAnObject(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'is not a mapping with apiVersion, kind and metadata'
  const o = value as {
    apiVersion?: unknown
    kind?: unknown
    metadata?: { name?: unknown; namespace?: unknown; labels?: unknown }
  }
  const missing = [
    typeof o.apiVersion === 'string' ? '' : 'apiVersion',
    typeof o.kind === 'string' ? '' : 'kind',
    typeof o.metadata?.name === 'string' ? '' : 'metadata.name',
  ].filter(Boolean)
  if (missing.length > 0) return `has no ${missing.join(', ')}`
  if (o.metadata?.namespace !== undefined && typeof o.metadata.namespace !== 'string')
    return 'metadata.namespace must be text'
  return undefined
}

/** As kubectl does: what names no namespace is in `default`. The object is this module's own and stays the same one. */
function withNamespace(object: KubeObject): KubeObject {
  object.metadata.namespace ||= 'default'
  return object
}
