// The stages of `npm test`, on Node 24.
import { spawn } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endsWithUs } from '../setup/run.mjs'
import { node24, root } from '../setup.mjs'

const bin = name => join(root, 'node_modules', '.bin', name)
const stages = {
  checks: async () =>
    total(
      await check('type checker', bin('tsc'), ['--noEmit', '-p', 'tsconfig.json']),
      await check('type checker of the console', bin('tsc'), ['--noEmit', '-p', 'packages/console']),
      await check('linter and format', bin('biome'), ['check', '--error-on-warnings', '.']),
      await check('import rules', bin('depcruise'), [
        ...['--config', '.dependency-cruiser.cjs'],
        ...[...globSync('packages/*/src', { cwd: root }), 'samples/bookinfo/src'],
      ]),
    ),
  unit: () => tests('unit tests', ['packages/*/test/**/*.test.ts', 'samples/*/test/**/*.test.ts']),
  features: () => tests('feature tests', ['tests/features/**/*.test.ts', 'tests/engine/**/*.test.ts']),
  // One world at a time: these make sandboxes with whole clusters in them.
  lab: () => tests('tests in the lab', ['tests/lab/**/*.test.ts'], ['--test-concurrency=1']),
  // A browser on a world of its own.
  console: () => tests('browser tests of the console', ['tests/console/**/*.test.ts'], ['--test-concurrency=1']),
}

const asked = process.argv.slice(2)
const unknown = asked.filter(name => !(name in stages))
if (unknown.length > 0) {
  console.error(`no stage ${unknown.join(', ')}; there are: ${Object.keys(stages).join(', ')}`)
  process.exit(2)
}
let sum = { passed: 0, failed: 0, skipped: 0, failures: [] }
for (const name of asked.length > 0 ? asked : Object.keys(stages)) sum = total(sum, await stages[name]())
if (sum.failures.length > 0) console.log(`\nFailed:\n${sum.failures.map(name => `  ${name}`).join('\n')}`)
console.log(`\n${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''}`)
process.exit(sum.failed > 0 || sum.passed === 0 ? 1 : 0)

function total(...parts) {
  return parts.reduce((a, b) => ({
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    failures: [...a.failures, ...b.failures],
  }))
}

/** Runs a program on the project's own Node; gives its exit code. */
function run(program, args) {
  const env = { ...process.env, PATH: `${join(root, 'node_modules/node/bin')}:${process.env.PATH}`, FORCE_COLOR: '0' }
  return new Promise(resolve => {
    const [command, ...rest] = [...endsWithUs('TERM'), program, ...args]
    const child = spawn(command, rest, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env })
    child.on('error', error => {
      console.error(`${program}: ${error.message}`)
      resolve(1)
    })
    child.on('close', code => resolve(code ?? 1))
  })
}

async function check(name, program, args) {
  const began = Date.now()
  const failed = (await run(program, args)) === 0 ? 0 : 1
  console.log(`${failed ? 'not ok' : 'ok'} ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`)
  return { passed: 1 - failed, failed, skipped: 0, failures: failed ? [name] : [] }
}

async function tests(name, patterns, more = []) {
  const files = patterns.flatMap(pattern => globSync(pattern, { cwd: root })).sort()
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0, failures: [] }
  const dir = mkdtempSync(join(tmpdir(), 'isthmus-test-'))
  const report = join(dir, 'summary.json')
  console.log(`\n${name}: ${files.length} files`)
  const code = await run(node24, [
    ...[
      '--disable-warning=ExperimentalWarning',
      '--test',
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
    ],
    ...[`--test-reporter=${join(root, 'scripts/test/summary-reporter.mjs')}`, `--test-reporter-destination=${report}`],
    ...more,
    ...files,
  ])
  try {
    const counts = JSON.parse(readFileSync(report, 'utf8'))
    const failed = (counts.failed ?? 0) + (counts.cancelled ?? 0)
    // A run that broke without a failed test still failed.
    const broke = code !== 0 && failed === 0 ? 1 : 0
    return {
      passed: counts.passed ?? 0,
      failed: failed + broke,
      skipped: counts.skipped ?? 0,
      failures: broke ? [`${name} ended with ${code}`] : counts.failures,
    }
  } catch (error) {
    return { passed: 0, failed: 1, skipped: 0, failures: [`${name}: ${error.message}`] }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
