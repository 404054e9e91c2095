import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

/* `isthmus completion bash`, loaded in an interactive bash that has nothing else, and Tab typed. */

const root = new URL('../../', import.meta.url).pathname
const dir = mkdtempSync(join(tmpdir(), 'isthmus-completion-'))
after(() => rmSync(dir, { recursive: true, force: true }))

// As the command is on a PATH; what it would run it only says.
writeFileSync(
  join(dir, 'isthmus'),
  `#!/bin/sh
case "$1" in complete|completion) exec '${process.execPath}' '${join(root, 'bin/isthmus.mjs')}' "$@";; esac
echo "RAN: $*"
`,
  { mode: 0o755 },
)

test('Tab completes commands, options and what options take', async () => {
  for (const [typed, ran] of [
    ['isthmus reg\tfail\tse\ta b', 'region failover set a b'],
    ['isthmus region explain reviews --fr\tx', 'region explain reviews --from x'],
    ['isthmus console --as op\t', 'console --as operator'],
  ] as const)
    assert.equal((await bash(typed)).ran, ran)
})

test('Tab twice lists what there is', async () => {
  const { said } = await bash('isthmus region failover \t\t')
  assert.match(said, /^help +set +unset/m)
})

test('where nothing of its own fits, Tab completes files', async () => {
  mkdirSync(join(dir, 'configuration'))
  assert.equal((await bash('isthmus serve --config conf\t')).ran, 'serve --config configuration/')
})

test('it is loaded twice without a word', async () => {
  const { said, ran } = await bash('isthmus reg\tshow', 'source completion.bash\n')
  assert.doesNotMatch(said, /readonly|not found/)
  assert.equal(ran, 'region show')
})

test('Tab runs nothing of what was typed', async () => {
  // The line is cleared after the Tab, and never entered.
  await bash('isthmus "$(touch typed)" reg\t\x15')
  assert.equal(existsSync(join(dir, 'typed')), false)
})

/** Loads the script, types a line and Enter; `ran` is what the command was then given. */
function bash(typed: string, first = ''): Promise<{ said: string; ran: string | undefined }> {
  const shell = spawn('bash', ['--norc', '--noprofile', '-i'], {
    cwd: dir,
    env: { PATH: `${dir}:${process.env.PATH}`, HOME: dir, TERM: 'dumb', INPUTRC: '/dev/null' },
  })
  // Apart: what the command says must not come to stand behind the prompt.
  let [out, err] = ['', '']
  shell.stdout.on('data', chunk => (out += chunk))
  shell.stderr.on('data', chunk => (err += chunk))
  shell.stdin.end(`isthmus completion bash > completion.bash; source completion.bash\n${first}${typed}\nexit\n`)
  return new Promise(resolve =>
    shell.once('close', () => resolve({ said: `${out}\n${err}`, ran: /^RAN: (.*?) ?$/m.exec(out)?.[1] })),
  )
}
