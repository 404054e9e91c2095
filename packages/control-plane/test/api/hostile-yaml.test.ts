import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pastedKubeconfig } from '../../src/api/members/pasted-kubeconfig.ts'
import { objectOf } from '../../src/api/objects/yaml.ts'

/* Each of these held the parser, and with it every proxy, for seconds or for good. */

const head = 'apiVersion: v1\nkind: A\nmetadata: {name: a}\n'
let bomb = `${head}a0: &a0 [x, x, x, x, x, x, x, x, x]\n`
for (let i = 1; i < 30; i++)
  bomb += `a${i}: &a${i} [${Array(9)
    .fill(`*a${i - 1}`)
    .join(', ')}]\n`

const hostile: Readonly<Record<string, string>> = {
  'nested explicit keys': `${head}spec:\n  ${'? '.repeat(500)}`,
  'nested flow': `${head}spec: ${'['.repeat(5000)}`,
  'nested flow maps': `${head}spec: ${'{a: '.repeat(5000)}`,
  'nested items': `${head}spec:\n  ${'- '.repeat(5000)}`,
  'nested blocks': head + Array.from({ length: 700 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
  'an alias bomb': bomb,
  'a repeated key': `${head}spec: {a: 1, a: 2}`,
  'an alias to itself': `${head}spec: &a [*a]`,
  'too much': `${head}spec: ${'x'.repeat(600_000)}`,
}

for (const [name, text] of Object.entries(hostile))
  test(`refused at once: ${name}`, () => {
    const began = process.cpuUsage()
    for (const read of [objectOf, pastedKubeconfig])
      try {
        read(text)
        assert.equal(name, 'nested blocks', 'this is refused')
      } catch (error) {
        assert.match((error as { code?: string }).code ?? String(error), /^ISM(5101|5117|4210)$/)
      }
    assert.ok(process.cpuUsage(began).user < 3_000_000, 'quickly')
  })

test('many keys take a time that grows with them, not with their square', () => {
  const keys = Array.from({ length: 40_000 }, (_, i) => `  k${i}: v`).join('\n')
  const began = process.cpuUsage()
  assert.equal(Object.keys((objectOf(`${head}spec:\n${keys}`) as unknown as { spec: object }).spec).length, 40_000)
  assert.ok(process.cpuUsage(began).user < 6_000_000)
})

test('names that mean something to JavaScript are names', () => {
  const object = objectOf(`${head}spec:\n  __proto__: {polluted: true}\n  constructor: {prototype: {polluted: true}}`)
  assert.equal(({} as { polluted?: boolean }).polluted, undefined)
  assert.match(JSON.stringify(object), /"__proto__"/)
})

test('a pasted kubeconfig that is no YAML is not quoted', () => {
  assert.throws(
    () => pastedKubeconfig('users: [{token: SECRET'),
    (error: Error) => /not YAML/.test(error.message) && !/SECRET/.test(error.message),
  )
})
