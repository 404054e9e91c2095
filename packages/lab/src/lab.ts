import { type ChildProcess, fork } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { type ErrorCode, errors, IsthmusError } from '@isthmus/errors'
import type { LabStatus, Place } from './cloud/control.ts'
import { Channel, dial } from './sandbox/channel.ts'
import { type ExecOptions, type ExecResult, execInside } from './sandbox/exec.ts'
import { controlSocket, fromOutside, labDirectory } from './sandbox/paths.ts'
import { type LabRecord, readRecord, startTimeOf } from './sandbox/record.ts'
import { checkRequirements, warnings } from './sandbox/requirements.ts'
import { supervise } from './sandbox/supervisor.ts'
import { defaultWorld } from './world/load.ts'

/** A running lab, as its users hold it. */
export interface Lab {
  readonly record: LabRecord
  readonly directory: string
  /** Contexts cloud, the mesh's and one for each cluster. */
  readonly kubeconfigPath: string
  status(): Promise<LabStatus>
  /** Runs a command at a node, pod, router or `internet`, and collects what it says. */
  exec(place: string, command: readonly string[], options?: ExecOptions): Promise<ExecResult>
  /** Where a name is inside. Throws ISM1108. */
  resolve(place: string): Promise<Place>
  /** Kills the control plane as a crash would. It is started again after a second, unless it is to stay down. */
  killControlPlane(options?: { readonly stay?: boolean }): Promise<void>
  startControlPlane(): Promise<void>
  /** Takes a cluster's kube-apiserver away, and brings it back. */
  pauseApi(cluster: string): Promise<void>
  resumeApi(cluster: string): Promise<void>
  /** Ends a node, or all nodes of a cluster, with their pods, and starts them again. */
  powerOff(nodeOrCluster: string): Promise<void>
  powerOn(nodeOrCluster: string): Promise<void>
  /** Resolves when it has ended, by whatever. */
  readonly ended: Promise<void>
  down(): Promise<void>
}

export interface StartOptions {
  /** Default `ISTHMUS_LAB_DIR`, else in the user's state folder. */
  readonly dir?: string
  readonly worldFile?: string
  /** Each line of progress, with the seconds since the start. */
  readonly log?: (message: string, seconds: number) => void
  /** True: the lab lives and dies with this process. False: it stays when this process ends. */
  readonly attached: boolean
  /** Seconds until the world must be ready. Default 300. */
  readonly waitTimeout?: number
}

/** Starts a world and waits until it is ready. Throws ISM1101 to ISM1111 and ISM1301. */
export async function startLab(options: StartOptions): Promise<Lab> {
  checkRequirements()
  const directory = options.dir ?? labDirectory()
  const worldFile = options.worldFile ?? defaultWorld
  const log = options.log ?? (() => {})
  if (await readRecord(directory)) throw new IsthmusError('ISM1105', `in ${directory}`)
  for (const warning of warnings()) log(warning.text, 0)
  const deadline = timeout((options.waitTimeout ?? 300) * 1000)
  if (options.attached) {
    const supervisor = await supervise({ directory, worldFile, progress: log })
    const record = (await readRecord(directory))!
    try {
      await Promise.race([supervisor.ready, deadline.over])
    } finally {
      deadline.cancel()
    }
    return handle(directory, record, supervisor.control, supervisor.ended, supervisor.end)
  }
  await detach(directory, worldFile, log, deadline)
  return (await connectLab(directory))!
}

/** The lab that runs in this folder; undefined when none does. */
export async function connectLab(directory = labDirectory()): Promise<Lab | undefined> {
  const record = await readRecord(directory)
  if (!record?.sandboxPid) return undefined
  const socket = await dial(fromOutside(record.sandboxPid, controlSocket)).catch(() => undefined)
  if (!socket) return undefined
  const channel = new Channel(socket, {}, true)
  socket.unref()
  const gone = async () => {
    while (startTimeOf(record.pid) === record.startTime) await new Promise(resolve => setTimeout(resolve, 20))
  }
  return handle(directory, record, channel, channel.closed, async () => {
    try {
      process.kill(record.pid, 'SIGTERM')
    } catch {
      // Gone already.
    }
    await gone()
  })
}

function handle(
  directory: string,
  record: LabRecord,
  control: Channel,
  ended: Promise<void>,
  down: () => Promise<void>,
): Lab {
  return {
    ...{ record, directory, ended, down },
    kubeconfigPath: join(directory, 'kubeconfig'),
    status: () => control.call<LabStatus>('status'),
    exec: (place, command, execOptions) => execInside(record, control, place, command, execOptions),
    resolve: name => control.call<Place>('resolve', { name }),
    killControlPlane: (options = {}) => control.call('killControlPlane', options),
    startControlPlane: () => control.call('startControlPlane'),
    pauseApi: cluster => control.call('pauseApi', { cluster }),
    resumeApi: cluster => control.call('resumeApi', { cluster }),
    powerOff: name => control.call('powerOff', { name }),
    powerOn: name => control.call('powerOn', { name }),
  }
}

interface Said {
  readonly message?: string
  readonly seconds?: number
  readonly ready?: true
  readonly error?: string
  readonly code?: string
}

async function detach(directory: string, worldFile: string, log: NonNullable<StartOptions['log']>, deadline: Deadline) {
  mkdirSync(join(directory, 'logs'), { recursive: true })
  const output = openSync(join(directory, 'logs', 'supervisor.log'), 'w', 0o644)
  const child: ChildProcess = fork(join(import.meta.dirname, 'sandbox', 'detached.ts'), [worldFile], {
    detached: true,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', output, output, 'ipc'],
    env: { ...process.env, ISTHMUS_LAB_DIR: directory },
  })
  closeSync(output)
  const ready = new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => reject(new IsthmusError('ISM1111', `see ${join(directory, 'logs')}`)))
    child.on('message', (said: Said) => {
      if (said.message) log(said.message, said.seconds ?? 0)
      if (said.ready) resolve()
      if (said.error) reject(new IsthmusError(known(said.code), said.error))
    })
  })
  // Interrupted while it starts: what is half made goes. Once it is ready it stays.
  const interrupted = () => void child.kill('SIGTERM')
  process.on('SIGINT', interrupted)
  try {
    await Promise.race([ready, deadline.over])
  } finally {
    process.off('SIGINT', interrupted)
    deadline.cancel()
    if (child.connected) child.disconnect()
    child.unref()
  }
}

const known = (code: string | undefined): ErrorCode => (code && code in errors ? (code as ErrorCode) : 'ISM1111')

type Deadline = ReturnType<typeof timeout>

function timeout(ms: number) {
  const { promise, reject } = Promise.withResolvers<never>()
  promise.catch(() => {})
  const timer = setTimeout(() => reject(new IsthmusError('ISM1107', `after ${ms / 1000} s`)), ms)
  return { over: promise, cancel: () => clearTimeout(timer) }
}
