import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Report } from '@isthmus/lab/tutorial/index.ts'

const cli = join(import.meta.dirname, '../../packages/cli/src/main.ts')

/** The whole story, by the command a newcomer types: `isthmus tutorial --once --report FILE`. */
test('the disaster-recovery tutorial, every step on real parts', { timeout: 30 * 60_000 }, async t => {
  const directory = mkdtempSync(join(tmpdir(), 'isthmus-tutorial-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const file = join(directory, 'report.json')
  const { code, said } = await tutorial(['--once', '--report', file], join(directory, 'lab'))
  const report: Report = JSON.parse(readFileSync(file, 'utf8'))
  assert.ok(report.steps.length > 20, `only ${report.steps.length} checks were made:\n${said.slice(-3000)}`)
  for (const { name, expected, observed, ok, seconds } of report.steps)
    await t.test(`${name} (${seconds} s)`, () => assert.ok(ok, `expected ${expected}; observed ${observed}`))
  t.diagnostic(`world ready in ${report.worldSeconds} s, everything in ${report.totalSeconds} s`)
  assert.equal(code, 0, said.slice(-3000))
})

function tutorial(args: readonly string[], directory: string): Promise<{ code: number; said: string }> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', cli, 'tutorial', ...args], {
    env: { ...process.env, ISTHMUS_LAB_DIR: directory },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (said += data))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => resolve({ code: code ?? 1, said }))
  })
}
