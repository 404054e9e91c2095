import { YamlError } from '@isthmus/kubernetes'
import { ApiError } from './problem.ts'

/** What a person is told whose YAML was not read; other errors as they are. */
export function yamlRefusal(error: unknown): unknown {
  if (!(error instanceof YamlError)) return error
  const text = `the YAML: ${error.message}`
  switch (error.why) {
    case 'invalid':
      return new ApiError(400, 'ISM5101', text, { fields: [{ field: '', message: error.message }] })
    case 'tooLarge':
      return new ApiError(413, 'ISM5117', text)
    case 'tooSlow':
      return new ApiError(422, 'ISM5119', text)
    case 'tooMany':
      return new ApiError(429, 'ISM5119', text, { headers: { 'retry-after': '3' } })
  }
}
