import { type Document, isMap, isScalar, Lexer, parseAllDocuments, visit } from 'yaml'

const deepest = 64

/** What a text was, or why it was refused; `line` where the parser says it. */
export type Documents =
  | { readonly values: readonly unknown[] }
  | { readonly refused: string; readonly line?: number | undefined }

class Refused extends Error {}

/**
 * The values of a YAML text that nobody vouches for. What takes the parser very long is refused from its tokens: explicit keys
 * (`?`), which it reads in exponential time when nested, and deep nesting. Repeated keys are found here, since the parser
 * compares each key with each. What grows large by its aliases is refused, too.
 */
export function readDocuments(text: string): Documents {
  try {
    checkTokens(text)
    const documents = parseAllDocuments(text, { uniqueKeys: false })
    if (!Array.isArray(documents)) return { values: [] }
    for (const document of documents) {
      const [error] = document.errors
      if (error) return { refused: error.message, line: error.linePos?.[0].line }
    }
    for (const document of documents) checkKeys(document)
    return { values: documents.map(plain) }
  } catch (error) {
    return { refused: error instanceof Refused ? error.message : String((error as Error).message).slice(0, 200) }
  }
}

function plain(document: Document): unknown {
  const value: unknown = document.toJS({ maxAliasCount: 100 })
  // Throws where an alias stands inside its own anchor.
  JSON.stringify(value)
  return value
}

function checkTokens(text: string): void {
  let flow = 0
  let items = 0
  for (const token of new Lexer().lex(text)) {
    if (token === '?') throw new Refused('explicit keys (?) are not taken')
    if (token === '[' || token === '{') flow++
    else if (token === ']' || token === '}') flow--
    else if (token === '-') items++
    else if (token.includes('\n')) items = 0
    if (flow > deepest || items > deepest) throw new Refused(`it is nested more than ${deepest} deep`)
  }
}

function checkKeys(document: Document): void {
  visit(document, {
    Map(_key, map) {
      const seen = new Set<unknown>()
      for (const { key } of map.items) {
        if (!isScalar(key)) {
          if (isMap(key)) throw new Refused('a mapping cannot be a key')
          continue
        }
        if (seen.has(key.value) && key.value !== '<<') throw new Refused(`${String(key.value)} is there twice`)
        seen.add(key.value)
      }
    },
  })
}
