import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { endsWithUs } from './setup/run.mjs'

/**
 * Runs a program that has this terminal and does not outlive this process; gives its exit code. Ctrl-C the terminal sends
 * to the whole group: the program ends what it began, and we wait for it. npm hands a SIGTERM to its shell alone, and
 * killed hands on nothing: when either is gone, so is whoever wanted this.
 */
export function attached(program, args, options = {}) {
  const [command, ...rest] = [...endsWithUs('TERM'), program, ...args]
  const child = spawn(command, rest, { stdio: 'inherit', ...options })
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  const npm = npmAbove()
  const watch = setInterval(() => {
    if (npm !== npmAbove()) child.kill('SIGTERM')
  }, 500)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      clearInterval(watch)
      resolve(code ?? (signal === 'SIGINT' ? 130 : signal ? 143 : 0))
    })
  })
}

/** The shell npm started us with and the process that shell belongs to; nothing when it was not npm. */
function npmAbove() {
  if (!process.env.npm_lifecycle_event) return ''
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8')
    return `${process.ppid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]}`
  } catch {
    return 'gone'
  }
}
