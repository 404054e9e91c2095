import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { IsthmusError } from '@isthmus/errors'
import { mapIdentities } from './identity.ts'

/** A running sandbox as its supervisor holds it. */
export interface Sandbox {
  /** Host's process id of the sandbox's first process: the way in through /proc. */
  readonly pid: number
  /** How many user ids exist inside; with one, only root. */
  readonly identities: number
  /** Resolves when nothing of it is left. */
  readonly ended: Promise<void>
  /** Ends everything inside at once. */
  end(): Promise<void>
}

export interface SandboxOptions {
  /** What runs inside, with its arguments. */
  readonly command: readonly string[]
  /** Folders that stay visible wherever they are. */
  readonly keep: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** File descriptor for what the inside writes. */
  readonly output: number
}

/**
 * Starts a process in a user, network, mount and process namespace of its own, also when root: as real root the
 * kubelet would write the machine's own settings. It needs no privileges.
 *
 * A holder process makes the user namespace and gets its ids from here, then the rest is made from within it (an exec
 * after the ids are there is what gives capabilities; `unshare --map-users` wants helper programs even for root).
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const holder = spawn('unshare', ['--user', '--', 'cat'], { stdio: ['pipe', 'pipe', 'pipe'] })
  try {
    const identities = await identitiesOf(holder)
    const child = spawn(
      'nsenter',
      [
        ...['--user', '--preserve-credentials', '--target', String(holder.pid), '--'],
        ...['unshare', '--net', '--mount', '--pid', '--fork', '--kill-child=SIGKILL', '--'],
        ...['bash', join(import.meta.dirname, 'first.sh'), ...options.keep, '--', ...options.command],
      ],
      { stdio: ['pipe', options.output, options.output], env: options.env, detached: true },
    )
    const ended = once(child, 'exit').then(() => {})
    child.on('error', () => {})
    const pid = await firstProcess(child)
    const end = async () => {
      // Its first process takes all along, and unshare, its parent, collects it.
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // Ended already.
      }
      await ended
      await gone(pid)
    }
    return { pid, identities, ended: ended.then(() => gone(pid)), end }
  } finally {
    holder.kill('SIGKILL')
  }
}

async function identitiesOf(holder: ChildProcess): Promise<number> {
  let said = ''
  holder.stderr?.on('data', d => (said += d))
  // `cat` answers once unshare has made the namespace and run it.
  const ready = new Promise<void>((resolve, reject) => {
    holder.stdout?.once('data', () => resolve())
    holder.once('error', reject)
    holder.once('exit', () => reject(new Error(said.trim())))
  })
  holder.stdin?.on('error', () => {})
  holder.stdin?.write('\n')
  try {
    await ready
    return await mapIdentities(holder.pid!)
  } catch (error) {
    throw new IsthmusError('ISM1101', (error as Error).message, { cause: error })
  }
}

/** Host's id of the only child of `unshare`. */
async function firstProcess(child: ChildProcess): Promise<number> {
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new IsthmusError('ISM1102', `it ended with ${child.exitCode ?? child.signalCode} while it was made`)
    const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').catch(() => '')
    const pid = Number(children.trim().split(' ')[0])
    if (pid) return pid
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

/** A killed process namespace takes a moment until its last process is collected. */
async function gone(pid: number): Promise<void> {
  for (let i = 0; i < 1000; i++) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
    if (!stat || / Z /.test(stat.slice(stat.lastIndexOf(')')))) return
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}
