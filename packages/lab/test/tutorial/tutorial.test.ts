import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Controls } from '../../src/tutorial/controls.ts'
import { Narrator } from '../../src/tutorial/narrator.ts'
import { play } from '../../src/tutorial/play.ts'
import { allOk, report, summaryLine } from '../../src/tutorial/report.ts'
import { Scene, type Step } from '../../src/tutorial/scene.ts'
import { selectSteps, steps } from '../../src/tutorial/steps/index.ts'
import { type CommandFailed, shown, split, Tools } from '../../src/tutorial/tools.ts'
import { NotInTime, until, when } from '../../src/tutorial/wait.ts'

const nothing = async () => {}
const controls: Controls = {
  killControlPlane: nothing,
  pauseApi: nothing,
  resumeApi: nothing,
  powerOff: nothing,
  powerOn: nothing,
}

function stage() {
  const said: string[] = []
  const narrator = new Narrator({ write: text => void said.push(text), live: false })
  const tools = new Tools(narrator, process.env, [process.execPath, '-p'], [process.execPath, '-p'])
  return { said, narrator, tools, scene: new Scene(tools, narrator, controls) }
}

const step = (number: number, run: Step['run']): Step => ({ number, title: `step ${number}`, run })

test('what was seen is reported, and what stops a step counts as failed', async () => {
  const { scene, said } = stage()
  await play(scene, [
    step(4, async scene => {
      await scene.check('ten requests', '20 lines', async () => ({ ok: true, observed: '20 lines' }))
    }),
    step(5, async scene => {
      await scene.check('throws', 'no', async () => Promise.reject(new Error('the gateway is not there')))
    }),
    step(6, () => Promise.reject(new Error('kubectl ended with 1'))),
    step(7, async scene => {
      await scene.check('still tried', 'yes', async () => ({ ok: true, observed: 'yes' }))
    }),
  ])
  assert.deepEqual(
    scene.checks.map(({ seconds: _, ...rest }) => rest),
    [
      { step: 4, name: 'ten requests', expected: '20 lines', observed: '20 lines', ok: true },
      { step: 5, name: 'throws', expected: 'no', observed: 'the gateway is not there', ok: false },
      {
        step: 6,
        name: 'the step can be carried out',
        expected: 'nothing stops it',
        observed: 'kubectl ended with 1',
        ok: false,
      },
      { step: 7, name: 'still tried', expected: 'yes', observed: 'yes', ok: true },
    ],
  )
  assert.equal(allOk(scene.checks), false)
  assert.match(summaryLine(scene.checks), /^4 checks, 2 not as expected: step 5, throws; step 6/)
  assert.match(said.join(''), /✔ ten requests: 20 lines/)
  assert.match(said.join(''), /✖ throws: the gateway is not there/)
})

test('steps that stand on a failed one are not tried, and say so', async () => {
  const { scene } = stage()
  let tried = false
  await play(scene, [
    step(2, () => Promise.reject(new Error('refused'))),
    step(3, async () => {
      tried = true
    }),
  ])
  assert.equal(tried, false)
  assert.equal(scene.checks.at(-1)?.observed, 'not tried: step 2 failed')
})

test('a report has its times in seconds, and a run without checks is not a success', () => {
  assert.deepEqual(report([], { setup: 0, world: 25.04, total: 110.28 }), {
    steps: [],
    setupSeconds: 0,
    worldSeconds: 25,
    totalSeconds: 110.3,
  })
  assert.equal(allOk([]), false)
})

test('steps are chosen by number and range', () => {
  assert.deepEqual(
    selectSteps('1-3,6').map(one => one.number),
    [1, 2, 3, 6],
  )
  assert.deepEqual(
    steps.map(one => one.number),
    [1, 2, 3, 4, 5, 6, 7, 8],
  )
  for (const wrong of ['', '0', '9', '1-9', 'a', '3-1']) assert.throws(() => selectSteps(wrong), /step/, wrong)
})

test('commands are shown as they would be typed', () => {
  assert.equal(
    shown('kubectl', ['--context', 'cloud', 'patch', '-p', '{"a":1}']),
    `kubectl --context cloud patch -p '{"a":1}'`,
  )
  assert.deepEqual(split("get pods -o 'a b' --x='c d'"), ['get', 'pods', '-o', 'a b', '--x=c d'])
})

test('a command that fails says what it printed', async () => {
  const { said, narrator } = stage()
  const tools = new Tools(narrator, process.env, [process.execPath], ['sh', '-c'])
  assert.equal((await tools.isthmus(['cat'], { input: 'in' })).trim(), 'in')
  await assert.rejects(tools.isthmus(['echo refused >&2; exit 3']), (error: CommandFailed) => {
    assert.equal(error.finished.code, 3)
    assert.match(error.message, /ended with 3: refused/)
    return true
  })
  assert.equal((await tools.tryIsthmus(['exit 4'], { show: false })).code, 4)
  assert.doesNotMatch(said.join(''), /exit 4/)
})

test('waiting ends with what was last seen', async () => {
  let looks = 0
  assert.equal(await until('three', async () => when(++looks === 3, String(looks)), { seconds: 5, everyMs: 1 }), '3')
  await assert.rejects(
    until('an end', async () => when(false, 'still on'), { seconds: 0.05, everyMs: 5 }),
    (error: Error) => error instanceof NotInTime && /last seen: still on/.test(error.message),
  )
  await assert.rejects(
    until('x', () => Promise.reject(new Error('no route')), { seconds: 0.02, everyMs: 5 }),
    /last seen: no route/,
  )
})

test('progress is shown on a terminal only, and erased by the next line', () => {
  const said: string[] = []
  const live = new Narrator({ write: text => void said.push(text), live: true })
  live.progress('waiting')
  live.say('there')
  assert.ok(said.join('').endsWith('\r\x1b[2K  there\n'))
  const plain = stage()
  plain.narrator.progress('waiting')
  assert.deepEqual(plain.said, [])
})

test('long output is cut in the middle', () => {
  const { narrator, said } = stage()
  narrator.output(Array.from({ length: 30 }, (_, index) => `line ${index}`).join('\n'), 5)
  assert.deepEqual(
    said.map(line => line.trim()),
    ['line 0', 'line 1', 'line 2', '… 26 more lines', 'line 29'],
  )
})
