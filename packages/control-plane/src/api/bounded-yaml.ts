import { type Document, isMap, isScalar, Lexer, parseAllDocuments, visit } from 'yaml'
import { ApiError } from './problem.ts'

const mostChars = 512 * 1024
const deepest = 64

/**
 * The documents of a YAML text from outside. Parsing happens beside what proxies wait for, so what would take the parser long
 * is refused from its tokens: explicit keys (`?`), which it reads in exponential time when nested, and deep nesting. Repeated
 * keys are found here, since the parser compares each key with each. Throws ISM5101, ISM5117.
 */
export function yamlDocuments(text: string): readonly Document[] {
  if (text.length > mostChars) throw new ApiError(413, 'ISM5117', `the YAML has more than ${mostChars} characters`)
  checkTokens(text)
  try {
    const documents = parseAllDocuments(text, { uniqueKeys: false })
    if (!Array.isArray(documents)) return []
    for (const document of documents) checkKeys(document)
    return documents
  } catch (error) {
    if (error instanceof ApiError) throw error
    throw refused(String((error as Error).message).slice(0, 200))
  }
}

/** What a document stands for. Throws ISM5101, also for one that grows large by its aliases. */
export function documentValue(document: Document): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 })
    // Throws where an alias stands inside its own anchor.
    JSON.stringify(value)
    return value
  } catch (error) {
    throw refused(String((error as Error).message).slice(0, 200))
  }
}

function checkTokens(text: string): void {
  let flow = 0
  let items = 0
  for (const token of new Lexer().lex(text)) {
    if (token === '?') throw refused('explicit keys (?) are not taken')
    if (token === '[' || token === '{') flow++
    else if (token === ']' || token === '}') flow--
    else if (token === '-') items++
    else if (token.includes('\n')) items = 0
    if (flow > deepest || items > deepest) throw refused(`it is nested more than ${deepest} deep`)
  }
}

function checkKeys(document: Document): void {
  visit(document, {
    Map(_key, map) {
      const seen = new Set<unknown>()
      for (const { key } of map.items) {
        if (!isScalar(key)) {
          if (isMap(key)) throw refused('a mapping cannot be a key')
          continue
        }
        if (seen.has(key.value) && key.value !== '<<') throw refused(`${String(key.value)} is there twice`)
        seen.add(key.value)
      }
    },
  })
}

function refused(why: string): ApiError {
  return new ApiError(400, 'ISM5101', `the YAML: ${why}`, { fields: [{ field: '', message: why }] })
}
