// `npm run docs`: writes the pages of docs/reference that are made from code.
import { writeFileSync } from 'node:fs'
import { errors } from '@isthmus/errors'
import { errorsPage } from '@isthmus/errors/document.ts'

writeFileSync(new URL('../docs/reference/errors.md', import.meta.url), errorsPage(errors))
