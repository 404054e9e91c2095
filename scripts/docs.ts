// `npm run docs`: writes the pages of docs/reference that are made from code.
import { writeFileSync } from 'node:fs'
import { pages } from './docs/pages.ts'

for (const [file, text] of Object.entries(await pages()))
  writeFileSync(new URL(`../docs/reference/${file}`, import.meta.url), text)
