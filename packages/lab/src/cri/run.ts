import { spawn } from 'node:child_process'
import { IsthmusError } from '@isthmus/errors'

/** Runs a program to its end with this on its standard input; throws ISM1307 with what it said when it fails. */
export function run(argv: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0]!, argv.slice(1), { stdio: ['pipe', 'pipe', 'pipe'] })
    let out = ''
    let said = ''
    child.stdout.on('data', chunk => {
      out += chunk
    })
    child.stderr.on('data', chunk => {
      said += chunk
    })
    child.once('error', error => reject(new IsthmusError('ISM1307', `${argv[0]}: ${error.message}`)))
    child.once('close', code =>
      code === 0
        ? resolve(out)
        : reject(new IsthmusError('ISM1307', `${argv.join(' ')}: ${said.trim() || `code ${code}`}`)),
    )
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}
