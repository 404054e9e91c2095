import { spawn } from 'node:child_process'
import { status } from '@grpc/grpc-js'
import { execLine } from './command.ts'
import type { Prepared } from './prepare.ts'
import { CallError } from './protocol.ts'

/** The command line that runs a command inside a running container, as its own program runs. */
export function enterLine(pid: number, { env, workingDir, user }: Prepared, command: readonly string[]): string[] {
  const into = ['nsenter', `--target=${pid}`, '--mount', '--uts', '--pid', '--net', '--']
  return [...into, ...execLine(command, env, workingDir, user)]
}

export interface ExecResult {
  readonly stdout: Buffer
  readonly stderr: Buffer
  readonly exit_code: number
}

/** The most of a command's output that is kept, in bytes: probes say little. */
const mostOutput = 1 << 20

/**
 * Runs a command to its end.
 * @param timeoutSeconds 0: as long as it takes. Throws DEADLINE_EXCEEDED after it, having ended the command.
 */
export function execSync(argv: readonly string[], timeoutSeconds: number): Promise<ExecResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0]!, argv.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    const kept = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
    let size = 0
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size <= mostOutput) kept[stream].push(chunk)
      })
    let late = false
    const timer =
      timeoutSeconds > 0
        ? setTimeout(() => {
            late = true
            // The whole group: nsenter waits for the command and would leave it behind.
            try {
              process.kill(-child.pid!, 'SIGKILL')
            } catch {}
          }, timeoutSeconds * 1000)
        : undefined
    const over = (code: number) => {
      clearTimeout(timer)
      if (late) reject(new CallError(status.DEADLINE_EXCEEDED, `the command took longer than ${timeoutSeconds} s`))
      else resolve({ stdout: Buffer.concat(kept.stdout), stderr: Buffer.concat(kept.stderr), exit_code: code })
    }
    child.once('error', error => {
      clearTimeout(timer)
      reject(new CallError(status.UNKNOWN, error.message))
    })
    // Not `close`: a command that left a process behind with its output open has ended all the same.
    child.once('exit', (code, signal) => setImmediate(over, code ?? (signal === 'SIGKILL' ? 137 : 143)))
  })
}
