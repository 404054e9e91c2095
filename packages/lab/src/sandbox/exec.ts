import { spawn } from 'node:child_process'
import type { Place } from '../cloud/control.ts'
import type { Channel } from './channel.ts'
import type { LabRecord } from './record.ts'

export interface ExecOptions {
  /** Milliseconds after which it is killed; default 60,000. */
  readonly timeoutMs?: number
  readonly input?: string
}

export interface ExecResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * The command that runs another inside the sandbox, at a place of it, with this process's own standard streams and
 * terminal: the user who made a user namespace may enter it.
 */
function commandInside(record: LabRecord, place: Place, command: readonly string[]): string[] {
  const into = ['--user', '--preserve-credentials', '--net', '--mount', '--pid']
  return ['nsenter', '--target', String(record.sandboxPid), ...into, '--', ...place.enter, ...command]
}

/** The same by the place's name. */
export async function commandAt(
  lab: { readonly record: LabRecord; resolve(place: string): Promise<Place> },
  place: string,
  command: readonly string[],
): Promise<string[]> {
  return commandInside(lab.record, await lab.resolve(place), command)
}

export async function execInside(
  record: LabRecord,
  control: Channel,
  name: string,
  command: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  const place = await control.call<Place>('resolve', { name })
  const [program, ...args] = commandInside(record, place, command)
  return new Promise((resolve, reject) => {
    const child = spawn(program!, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? 60_000,
      killSignal: 'SIGKILL',
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', data => {
      stdout += data
    })
    child.stderr.on('data', data => {
      stderr += data
    })
    child.stdin.on('error', () => {})
    child.stdin.end(options.input ?? '')
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code: code ?? (signal ? 137 : 1), stdout, stderr }))
  })
}
