import type { StringMatcherSchema } from '@isthmus/envoy-api/envoy/type/matcher/v3/string'
import type { StringMatch } from '../model/index.ts'
import type { Init } from './translated.ts'

/** Istio's StringMatch. Regular expressions are RE2 and match the whole text, in both. */
export function stringMatcher(m: StringMatch): Init<typeof StringMatcherSchema> {
  if (m.kind === 'regex') return { matchPattern: { case: 'safeRegex', value: { regex: m.value } } }
  return { matchPattern: { case: m.kind, value: m.value } }
}
