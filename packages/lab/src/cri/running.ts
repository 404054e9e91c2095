import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { status } from '@grpc/grpc-js'
import { type LogPump, pumpLogs } from './logs.ts'
import { netnsPath } from './network.ts'
import { processStat, signal } from './process.ts'
import { CallError } from './protocol.ts'
import type { Ended } from './store.ts'

/** A container's process while it runs. */
export interface Running {
  /** Its id in the node's process namespace. */
  readonly pid: number
  readonly ended: Promise<Ended>
  readonly logs: LogPump
}

interface LaunchRequest {
  readonly folder: string
  /** Absent: the node's own network. */
  readonly netns?: string
  readonly logFile?: string
}

const launcher = join(import.meta.dirname, 'launch.sh')
const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Starts a prepared container; gives it when its program is about to run. */
export async function launch({ folder, netns, logFile }: LaunchRequest): Promise<Running> {
  const enter = netns ? ['nsenter', `--net=${netnsPath(netns)}`] : []
  const [command, ...args] = [...enter, 'bash', launcher, folder]
  const keeper = spawn(command!, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: path },
    // A session of its own: it must outlive this runtime.
    detached: true,
  })
  const exited = new Promise<void>(resolve => {
    keeper.once('exit', () => resolve())
    keeper.once('error', () => resolve())
  })
  const pid = await pidOf(keeper)
  if (pid === undefined) {
    await exited
    throw new CallError(status.UNKNOWN, `the container could not be set up: ${setupErrors(folder)}`)
  }
  const logs = pumpLogs({ stdout: join(folder, 'stdout'), stderr: join(folder, 'stderr') }, logFile)
  return { pid, logs, ended: exited.then(() => endOf(folder, logs)) }
}

/** Takes over a container that an earlier runtime started; undefined when it ended meanwhile. */
export function adopt(folder: string, logFile: string | undefined): Running | undefined {
  const pid = livingPid(folder)
  if (pid === undefined) return undefined
  const logs = pumpLogs({ stdout: join(folder, 'stdout'), stderr: join(folder, 'stderr') }, logFile)
  const exited = new Promise<void>(resolve => {
    const timer = setInterval(() => {
      if (!existsSync(join(folder, 'exit')) && livingPid(folder) !== undefined) return
      clearInterval(timer)
      resolve()
    }, 200)
  })
  return { pid, logs, ended: exited.then(() => endOf(folder, logs)) }
}

/** How a container ended that nobody watched. */
export function howItEnded(folder: string): Ended {
  try {
    const [code, seconds] = readFileSync(join(folder, 'exit'), 'utf8').trim().split(' ')
    return { at: Number(seconds) * 1000, code: Number(code), reason: reasonOf(Number(code), folder) }
  } catch {
    return { at: Date.now(), code: 255, reason: 'Unknown' }
  }
}

async function endOf(folder: string, logs: LogPump): Promise<Ended> {
  // What it said last is in its log before anybody hears that it ended.
  await Promise.race([logs.done, new Promise(resolve => setTimeout(resolve, 500))])
  return howItEnded(folder)
}

function reasonOf(code: number, folder: string): string {
  if (code === 0) return 'Completed'
  return wasOutOfMemory(folder) ? 'OOMKilled' : 'Error'
}

function wasOutOfMemory(folder: string): boolean {
  try {
    const cgroup = readFileSync(join(folder, 'cgroup'), 'utf8').trim()
    return /^oom_kill [1-9]/m.test(readFileSync(join(cgroup, 'memory.events'), 'utf8'))
  } catch {
    return false
  }
}

function livingPid(folder: string): number | undefined {
  try {
    const [pid, began] = readFileSync(join(folder, 'pid'), 'utf8').trim().split(' ')
    return processStat(Number(pid))?.began === began ? Number(pid) : undefined
  } catch {
    return undefined
  }
}

function setupErrors(folder: string): string {
  try {
    return readFileSync(join(folder, 'setup'), 'utf8').trim() || 'it said nothing'
  } catch {
    return 'it did not begin'
  }
}

/** The first line the keeper writes, or undefined when it ends without. */
function pidOf(keeper: ChildProcess): Promise<number | undefined> {
  return new Promise(resolve => {
    let said = ''
    keeper.stdout!.on('data', chunk => {
      said += chunk
      if (said.includes('\n')) resolve(Number(said.trim()))
    })
    keeper.stdout!.once('close', () => resolve(undefined))
    keeper.once('error', () => resolve(undefined))
  })
}

/** Asks the process to end, and ends its whole namespace when it has not after the grace. */
export async function end(running: Running, graceSeconds: number): Promise<void> {
  if (graceSeconds > 0) signal(running.pid, 'SIGTERM')
  else signal(running.pid, 'SIGKILL')
  const timer = setTimeout(() => signal(running.pid, 'SIGKILL'), graceSeconds * 1000)
  await running.ended
  clearTimeout(timer)
}
