// `npm run benchmark -- lab`: the world, the tutorial, and what a loss costs, in a world of its own.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { kubeBinary } from '@isthmus/lab/binaries.ts'
import { startLab, tutorialWorld } from '@isthmus/lab/index.ts'
import { controlsOf } from '@isthmus/lab/tutorial/controls.ts'
import { Narrator } from '@isthmus/lab/tutorial/narrator.ts'
import { play } from '@isthmus/lab/tutorial/play.ts'
import { failoverOn } from '@isthmus/lab/tutorial/policy.ts'
import { Scene } from '@isthmus/lab/tutorial/scene.ts'
import { selectSteps } from '@isthmus/lab/tutorial/steps/index.ts'
import { Tools } from '@isthmus/lab/tutorial/tools.ts'
import { describeLoad, failuresAt, pageLoad, settled } from '@isthmus/lab/tutorial/traffic.ts'
import { scale } from '@isthmus/lab/tutorial/workloads.ts'
import { hangzhou, shanghai } from '@isthmus/lab/tutorial/world.ts'
import { benchmark, type Common, count } from './command.ts'
import { type Fault, faults } from './lab/faults.ts'
import { sandboxMemory } from './lab/memory.ts'

const { runs, json } = benchmark('lab', 'A world of its own, the tutorial in it, and what each kind of loss costs.')
  .option('--runs <n>', 'of each kind of loss', count(100), 3)
  .parse()
  .opts<Common & { runs: number }>()
const quiet = new Narrator({ write: () => {}, live: false })
const directory = mkdtempSync(join(tmpdir(), 'isthmus-benchmark-'))
const began = performance.now()
const since = () => (performance.now() - began) / 1000

const lab = await startLab({ dir: directory, worldFile: tutorialWorld, attached: true })
const worldSeconds = since()
console.log(`world ready                    ${worldSeconds.toFixed(1)} s`)
try {
  const cli = join(import.meta.dirname, '../../packages/cli/src/main.ts')
  const env = { ...process.env, KUBECONFIG: lab.kubeconfigPath, ISTHMUS_LAB_DIR: lab.directory }
  const isthmus = [process.execPath, '--disable-warning=ExperimentalWarning', cli]
  const scene = new Scene(new Tools(quiet, env, [kubeBinary(), 'kubectl'], isthmus), quiet, controlsOf(lab))
  await play(scene, selectSteps('1-7'))
  const tutorialSeconds = since()
  const wrong = scene.checks.filter(check => !check.ok)
  console.log(
    `tutorial steps 1 to 7 verified ${tutorialSeconds.toFixed(1)} s after the start, ${wrong.length} checks not as expected`,
  )
  const memory = sandboxMemory(lab.record.sandboxPid)
  console.log(`memory of the whole world      ${memory.mebibytes} MiB in ${memory.processes} processes`)

  await scene.tools.isthmus('region distribution unset', { show: false })
  await failoverOn(scene)
  await scale(scene, hangzhou, ['productpage-v1', 'reviews-v1'], 1)
  console.log(`\nloss of reviews in ${hangzhou.region} at 50 requests/s, ${runs} runs each: median (least to most)`)
  const results: { fault: string; runs: Measured[] }[] = []
  for (const fault of faults) {
    const measured: Measured[] = []
    for (let run = 0; run < runs; run++) measured.push(await measure(scene, fault))
    const column = (name: keyof Measured) => spread(measured.map(m => m[name]))
    console.log(
      `${fault.name.padEnd(40)} failed ${column('failed')} of ${column('sent')}; ` +
        `first from the other region after ${column('firstElsewhere')} s, all after ${column('all')} s`,
    )
    results.push({ fault: fault.name, runs: measured })
  }
  const figures = { worldSeconds, tutorialSeconds, wrong, memory, results }
  if (json) writeFileSync(json, `${JSON.stringify(figures, null, 2)}\n`)
} finally {
  await lab.down()
  rmSync(directory, { recursive: true, force: true })
}
process.exit(0)

/** One loss. Times are seconds from the command that caused it. */
interface Measured {
  readonly failed: number
  readonly sent: number
  readonly firstElsewhere: number
  readonly all: number
}

async function measure(scene: Scene, fault: Fault): Promise<Measured> {
  const timeout = fault.unansweredAfter ? ` --unanswered-after ${fault.unansweredAfter}` : ''
  await scene.tools.isthmus(`region failover set ${hangzhou.region} ${shanghai.region}${timeout}`, { show: false })
  await settled(scene, hangzhou, 'reviews from Hangzhou', 90, count => count.versions.v1 === count.requests)
  const load = await pageLoad(scene, hangzhou, 50)
  await scene.wait('the load', 10, async () => {
    const { ok } = load.summary()
    return ok >= 100 ? { done: true, value: ok } : { done: false, seen: `${ok} answers` }
  })
  const started = performance.now()
  const loadAge = load.summary().seconds * 1000
  await fault.strike(scene)
  // Everything from the other region for three seconds: it is over.
  await scene.wait('everything from Shanghai', 60, async () => {
    const { firstElsewhereMs = Number.POSITIVE_INFINITY, lastHomeMs = 0, seconds } = load.summary()
    const over = firstElsewhereMs < seconds * 1000 && seconds * 1000 - lastHomeMs > 3000
    return over ? { done: true, value: true } : { done: false, seen: 'not yet' }
  })
  const struck = (performance.now() - started) / 1000
  const summary = await load.stop()
  if (summary.failed > 0)
    console.log(`  ${fault.name}: ${describeLoad(summary)}${await failuresAt(scene, hangzhou, summary)}`)
  await fault.mend(scene)
  const after = (ms: number | undefined) => (ms === undefined ? struck : Math.max(0, (ms - loadAge) / 1000))
  return {
    failed: summary.failed,
    sent: summary.sent,
    firstElsewhere: after(summary.firstElsewhereMs),
    all: after(Math.max(summary.lastHomeMs ?? 0, summary.lastFailureMs ?? 0)),
  }
}

function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b)
  const text = (n: number) => (Number.isInteger(n) ? String(n) : n.toFixed(2))
  return `${text(sorted[sorted.length >> 1]!)} (${text(sorted[0]!)} to ${text(sorted.at(-1)!)})`
}
