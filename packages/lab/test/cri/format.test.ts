import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LogCutter, logTime, longestEntry } from '@isthmus/lab/cri/format.ts'
import fc from 'fast-check'

test('times have the nine digits the kubelet reads', () => {
  assert.equal(logTime(Date.UTC(2026, 0, 2, 3, 4, 5, 67)), '2026-01-02T03:04:05.067000000Z')
})

test('a line that comes in pieces is one entry; what is left at the end is one too', () => {
  const cutter = new LogCutter('stdout')
  assert.equal(cutter.push(Buffer.from('hel'), 0).length, 0)
  assert.equal(cutter.push(Buffer.from('lo\nwor'), 0).toString(), '1970-01-01T00:00:00.000000000Z stdout F hello\n')
  assert.equal(cutter.end(0).toString(), '1970-01-01T00:00:00.000000000Z stdout P wor\n')
  assert.equal(cutter.end(0).length, 0)
})

/** What the kubelet shows: full entries with their newline, parts without. */
function shown(entries: Buffer): string {
  let text = ''
  for (const line of entries.toString('latin1').split('\n').slice(0, -1)) {
    const [, , tag, ...rest] = line.split(' ')
    text += rest.join(' ') + (tag === 'F' ? '\n' : '')
  }
  return text
}

test('however output is cut up, what is shown is what was written', () => {
  const chunk = fc.oneof(fc.string({ maxLength: 40 }), fc.constant('\n'), fc.constant('x'.repeat(longestEntry + 7)))
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 12 }), chunks => {
      const cutter = new LogCutter('stderr')
      const bytes = chunks.map(text => Buffer.from(text, 'latin1'))
      const entries = Buffer.concat([...bytes.map(one => cutter.push(one, 0)), cutter.end(0)])
      assert.equal(shown(entries), Buffer.concat(bytes).toString('latin1'))
      for (const line of entries.toString('latin1').split('\n')) assert.ok(line.length <= longestEntry + 50)
    }),
    { numRuns: 200 },
  )
})
