import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { YamlReader } from '@isthmus/kubernetes'
import { pastedKubeconfig } from '../../src/api/members/pasted-kubeconfig.ts'
import { objectOf } from '../../src/api/objects/yaml.ts'
import { systemClock } from '../../src/runtime/index.ts'

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

/** What the parser is slow at without any nesting: its time grows with the square of these. */
const slow: Readonly<Record<string, string>> = {
  'closing brackets': '] '.repeat(250_000),
  'aliases one after the other': '*x '.repeat(170_000),
  commas: `${head}spec: [${','.repeat(500_000)}]`,
}

const reader = new YamlReader()
/** How many of the texts that come next get half a second, so that the tests do not take long; the others get their time. */
let hurried = 0
const timeOfAText = 3_000
const hurrying = new YamlReader({
  ...systemClock,
  after: (ms, task) => systemClock.after(ms === timeOfAText && hurried-- > 0 ? ms / 6 : ms, task),
})
after(() => Promise.all([reader.close(), hurrying.close()]))
const refusal = (code: RegExp) => (error: { code?: string }) => code.test(error.code ?? String(error))

for (const [name, text] of Object.entries(hostile))
  test(`refused at once: ${name}`, async () => {
    const began = process.cpuUsage()
    if (name === 'nested blocks') await objectOf(reader, text, 'ann')
    else await assert.rejects(objectOf(reader, text, 'ann'), refusal(/^ISM(5101|5117)$/))
    if (name === 'nested blocks') await pastedKubeconfig(reader, text, 'ann')
    else await assert.rejects(pastedKubeconfig(reader, text, 'ann'), refusal(/^ISM(4210|5117)$/))
    assert.ok(process.cpuUsage(began).user < 3_000_000, 'quickly')
  })

for (const [name, text] of Object.entries(slow))
  test(`refused after its time, and nothing else waits for it: ${name}`, async () => {
    hurried = 1
    // The time limit is the event loop's own timer: were the text read in the loop, it would be answered before that fires.
    await assert.rejects(objectOf(hurrying, text, 'ann'), refusal(/^ISM5119$/))
    // The one after it is read.
    assert.equal((await objectOf(hurrying, head, 'ann')).kind, 'A')
  })

test('one sender may have two texts read at a time; others have their turn', async () => {
  hurried = 2
  const slowly = Promise.allSettled([1, 2].map(() => objectOf(hurrying, slow['closing brackets']!, 'mallory')))
  await assert.rejects(objectOf(hurrying, head, 'mallory'), { code: 'ISM5119', status: 429 })
  assert.equal((await objectOf(hurrying, head, 'ann')).kind, 'A')
  for (const { status } of await slowly) assert.equal(status, 'rejected')
  assert.equal((await objectOf(hurrying, head, 'mallory')).kind, 'A')
})

test('many keys take a time that grows with them, not with their square', async () => {
  const keys = Array.from({ length: 40_000 }, (_, i) => `  k${i}: v`).join('\n')
  const { spec } = (await objectOf(reader, `${head}spec:\n${keys}`, 'ann')) as unknown as { spec: object }
  assert.equal(Object.keys(spec).length, 40_000)
})

test('names that mean something to JavaScript are names', async () => {
  const text = `${head}spec:\n  __proto__: {polluted: true}\n  constructor: {prototype: {polluted: true}}`
  const object = await objectOf(reader, text, 'ann')
  assert.equal(({} as { polluted?: boolean }).polluted, undefined)
  assert.match(JSON.stringify(object), /"__proto__"/)
})

test('a pasted kubeconfig that is no YAML is not quoted', async () => {
  await assert.rejects(
    pastedKubeconfig(reader, 'users: [{token: SECRET', 'ann'),
    (error: Error) => /not YAML/.test(error.message) && !/SECRET/.test(error.message),
  )
})
