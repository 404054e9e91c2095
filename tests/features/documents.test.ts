import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { pages } from '../../scripts/docs/pages.ts'

for (const [file, text] of Object.entries(await pages()))
  test(`docs/reference/${file} is what the code says (npm run docs writes it)`, () => {
    assert.equal(readFileSync(new URL(`../../docs/reference/${file}`, import.meta.url), 'utf8'), text)
  })
