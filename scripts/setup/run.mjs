import { spawn, spawnSync } from 'node:child_process'
import { SetupFailure } from './failure.mjs'

/** Runs a program to its end; gives its standard output. On failure the last of what it said becomes the error. */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const [command, ...rest] = [...endsWithUs(), program, ...args]
    const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
    let out = ''
    let tail = ''
    child.stdout.on('data', data => {
      out += data
      tail = (tail + data).slice(-4000)
    })
    child.stderr.on('data', data => {
      tail = (tail + data).slice(-4000)
    })
    child.on('error', error => reject(new SetupFailure('ISM1002', `${program} ${args.join(' ')}: ${error.message}`)))
    child.on('close', code => {
      if (code === 0) return resolve(out)
      const lines = tail.trim().split('\n')
      // What went wrong stands at the beginning as often as at the end.
      const words = (lines.length <= 24 ? lines : [...lines.slice(0, 12), '…', ...lines.slice(-11)]).join('\n    ')
      reject(new SetupFailure('ISM1002', `${program} ${args.slice(0, 3).join(' ')} ended with ${code}:\n    ${words}`))
    })
  })
}

let possible
/**
 * What is killed leaves nobody behind who goes on working: a prefix by which the kernel sends a program this signal when
 * we end; nothing where setpriv cannot ask for that.
 */
export function endsWithUs(signal = 'KILL') {
  const asked = ['setpriv', '--pdeathsig', signal, '--']
  possible ??= spawnSync(asked[0], [...asked.slice(1), 'true']).status === 0
  return possible ? asked : []
}
