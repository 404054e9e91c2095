import type { Pieces } from '../collections/index.ts'
import { type Finding, originText, type ProxyView } from '../model/index.ts'

/** Findings of one service, with the service they are about. */
export interface ServiceFindings {
  readonly hostname: string
  readonly findings: readonly Finding[]
}

const shown = 3

interface Told {
  readonly said: Pieces<ServiceFindings>
  readonly findings: () => readonly Finding[]
}

/** What was said last of a view. */
const told = new WeakMap<ProxyView, Told>()

/**
 * One finding for each thing said, however many services, ports and subsets it is said of: a mesh-wide policy over a thousand
 * services gets a line, not a thousand. The services are named, the first few of them. Put together when it is asked for; the
 * same function as long as the same is said.
 */
export function decisionFindings(view: ProxyView, said: Pieces<ServiceFindings>): () => readonly Finding[] {
  const before = told.get(view)
  if (before?.said.length === said.length && said.every((piece, i) => piece === before.said[i])) return before.findings
  let made: readonly Finding[] | undefined
  const findings = () => {
    made ??= together(said.flat())
    return made
  }
  told.set(view, { said, findings })
  return findings
}

function together(all: readonly ServiceFindings[]): readonly Finding[] {
  const groups = new Map<string, { readonly first: Finding; readonly text: string; readonly hosts: Set<string> }>()
  for (const { hostname, findings } of all) {
    for (const f of findings) {
      const { key, text } = sentence(f, hostname)
      const group = groups.get(key)
      if (group) group.hosts.add(hostname)
      else groups.set(key, { first: f, text, hosts: new Set([hostname]) })
    }
  }
  return [...groups.values()].map(({ first, text, hosts }) => {
    if (hosts.size === 1) return first
    const names = [...hosts].sort()
    const more = names.length > shown ? ` and ${names.length - shown} more` : ''
    return { ...first, message: text.replaceAll('\0', `${names.slice(0, shown).join(', ')}${more}`) }
  })
}

/** What a finding says with its service's name left out, and by what it is told from others. */
interface Sentence {
  readonly hostname: string
  readonly key: string
  readonly text: string
}

const sentences = new WeakMap<Finding, Sentence>()

function sentence(f: Finding, hostname: string): Sentence {
  let known = sentences.get(f)
  if (known?.hostname !== hostname) {
    const text = f.message.replaceAll(hostname, '\0')
    known = {
      hostname,
      text,
      key: [f.code, f.severity, originText(f.origin), f.origin.cluster, f.field, text].join('\n'),
    }
    sentences.set(f, known)
  }
  return known
}
