import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { IsthmusError } from '@isthmus/errors'
import { Channel } from '@isthmus/lab/sandbox/channel.ts'

async function pair(): Promise<[Socket, Socket]> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const mine = connect((server.address() as { port: number }).port, '127.0.0.1')
  const [theirs] = (await once(server, 'connection')) as [Socket]
  server.close()
  return [mine, theirs]
}

test('both ends call each other over one stream, answers in any order', async t => {
  const [a, b] = await pair()
  const left = new Channel(a, { double: ({ n }: { n: number }) => n * 2 })
  const right = new Channel(b, {
    slow: async () => (await right.call<number>('double', { n: 21 })) + 1,
    quick: () => 'quick',
  })
  t.after(() => left.close())
  assert.deepEqual(await Promise.all([left.call('slow'), left.call('quick')]), [43, 'quick'])
})

test('an error keeps its code on the way', async t => {
  const [a, b] = await pair()
  const left = new Channel(a, {})
  new Channel(b, {
    fail: () => {
      throw new IsthmusError('ISM1108', 'nobody')
    },
  })
  t.after(() => left.close())
  await assert.rejects(left.call('fail'), { code: 'ISM1108', message: 'nobody' })
  await assert.rejects(left.call('unknown'), /no call unknown/)
})

test('what waits for an answer is told when the other end is gone', async () => {
  const [a, b] = await pair()
  const left = new Channel(a, {})
  new Channel(b, { never: () => new Promise(() => {}) })
  const waiting = left.call('never')
  b.destroy()
  await assert.rejects(waiting, { code: 'ISM1111' })
  await assert.rejects(left.call('never'), { code: 'ISM1111' })
})
