import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** A long-running program to start. */
export interface DaemonSpec {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** Added to the caller's environment. */
  readonly env?: Readonly<Record<string, string>>
  /** Name of the network namespace (`ip netns`) to run in; absent: the caller's. */
  readonly netns?: string
  /** File its output is appended to. */
  readonly logFile: string
}

/** A running program. Its output goes to a file, so that nothing blocks when nobody reads. */
export interface Daemon {
  readonly name: string
  readonly pid: number
  readonly logFile: string
  readonly running: boolean
  /** Resolves when it has ended, with its exit code (128 + n after signal n). Never rejects. */
  readonly exited: Promise<number>
  /** Ends it: SIGTERM, after `graceMs` SIGKILL (at once when 0). */
  stop(graceMs?: number): Promise<void>
  /** The last lines of its log. */
  tail(lines?: number): string
}

/** Starts a program in a network namespace. `nsenter` replaces itself, so the pid is the program's own. */
export function startDaemon(spec: DaemonSpec): Daemon {
  mkdirSync(dirname(spec.logFile), { recursive: true })
  const log = openSync(spec.logFile, 'a', 0o640)
  const [command, ...args] = inNetns(spec.netns, [spec.command, ...spec.args])
  let child: ChildProcess
  try {
    child = spawn(command!, args, {
      env: { ...process.env, ...spec.env },
      stdio: ['ignore', log, log],
    })
  } finally {
    closeSync(log)
  }
  let running = child.pid !== undefined
  const exited = new Promise<number>(resolve => {
    const end = (code: number) => {
      running = false
      resolve(code)
    }
    child.once('error', () => end(127))
    child.once('exit', (code, signal) => end(code ?? 128 + (signal === 'SIGKILL' ? 9 : 15)))
  })
  return {
    name: spec.name,
    pid: child.pid ?? -1,
    logFile: spec.logFile,
    exited,
    get running() {
      return running
    },
    async stop(graceMs = 2000) {
      if (!running) return
      child.kill(graceMs > 0 ? 'SIGTERM' : 'SIGKILL')
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
      await exited
      clearTimeout(timer)
    },
    tail: (lines = 15) => tailOf(spec.logFile, lines),
  }
}

/** Starts a program, and again whenever it ends by itself: some give up for good when the API server is slow at first. */
export function keepDaemon(spec: DaemonSpec, pauseMs = 500): Daemon {
  let current = startDaemon(spec)
  let stopped = false
  const { promise: exited, resolve } = Promise.withResolvers<number>()
  const follow = () =>
    void current.exited.then(code => {
      if (stopped) return resolve(code)
      setTimeout(() => {
        if (stopped) return resolve(code)
        current = startDaemon(spec)
        follow()
      }, pauseMs)
    })
  follow()
  return {
    name: spec.name,
    logFile: spec.logFile,
    exited,
    get pid() {
      return current.pid
    },
    get running() {
      return current.running
    },
    async stop(graceMs) {
      stopped = true
      await current.stop(graceMs)
    },
    tail: lines => current.tail(lines),
  }
}

/** The command that runs `argv` in a named network namespace. */
export function inNetns(netns: string | undefined, argv: readonly string[]): string[] {
  return netns ? ['nsenter', `--net=/run/netns/${netns}`, ...argv] : [...argv]
}

function tailOf(file: string, lines = 15): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n')
  } catch {
    return ''
  }
}
