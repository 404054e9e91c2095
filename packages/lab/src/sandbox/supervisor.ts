import { closeSync, mkdirSync, openSync, realpathSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { IsthmusError } from '@isthmus/errors'
import { envoyBinary, kubeBinary } from '../binaries.ts'
import { lowestPort } from '../loadbalancer/addresses.ts'
import { Channel, dial } from './channel.ts'
import { type Sandbox, startSandbox } from './enter.ts'
import { Listeners, type ListenRequest } from './listeners.ts'
import { cacheDirectory, controlSocket, fromOutside, projectRoot, relaySocket } from './paths.ts'
import { claimRecord, type LabRecord, removeRecord, startTimeOf, writeRecord } from './record.ts'

export interface SupervisorOptions {
  readonly directory: string
  readonly worldFile: string
  /** Called with each line of progress and the seconds since the start. */
  readonly progress: (message: string, seconds: number) => void
}

/** A lab held by this process: it ends with it, however that ends. */
export interface Supervisor {
  /** Resolves when the world is ready; rejects when it ends before. */
  readonly ready: Promise<void>
  /** Resolves when nothing of the lab is left. */
  readonly ended: Promise<void>
  readonly control: Channel
  end(): Promise<void>
}

/** Starts the sandbox and its ports outside. The requirements are checked already. */
export async function supervise(options: SupervisorOptions): Promise<Supervisor> {
  const { directory, progress } = options
  mkdirSync(join(directory, 'logs'), { recursive: true })
  const startedAt = Date.now()
  const seconds = () => (Date.now() - startedAt) / 1000
  const worldFile = realpathSync(options.worldFile)
  const claim = { pid: process.pid, startTime: startTimeOf(process.pid)!, sandboxPid: 0, worldFile, startedAt }
  if (!(await claimRecord(directory, claim))) throw new IsthmusError('ISM1105', `in ${directory}`)
  // Of the world before; its logs stay until the next one begins.
  for (const file of ['kubeconfig', 'logs/control-plane.log']) await rm(join(directory, file), { force: true })
  const sandbox = await start(directory, worldFile).catch(async error => {
    await removeRecord(directory)
    throw error
  })
  const record: LabRecord = { ...claim, sandboxPid: sandbox.pid }
  await writeRecord(directory, record)
  progress(`sandbox made (process ${sandbox.pid}, ${sandbox.identities} user ids)`, seconds())

  const listeners = new Listeners(fromOutside(sandbox.pid, relaySocket))
  const ready = Promise.withResolvers<void>()
  ready.promise.catch(() => {})
  const ended = sandbox.ended.then(async () => {
    await listeners.close()
    await removeRecord(directory)
    await rm(join(directory, 'kubeconfig'), { force: true })
    ready.reject(new IsthmusError('ISM1111', `see ${join(directory, 'logs', 'inside.log')}`))
  })
  const socket = await untilThere(sandbox, fromOutside(sandbox.pid, controlSocket))
  const control = new Channel(socket, {
    listen: (request: ListenRequest) => listeners.listen(request),
    unlisten: (request: { forward: string }) => listeners.unlisten(request),
    progress: ({ message }: { message: string }) => progress(message, seconds()),
    ready: async () => {
      await writeRecord(directory, { ...record, readySeconds: seconds() })
      progress('world ready', seconds())
      ready.resolve()
    },
  })
  await control.call('supervise')
  return {
    ready: ready.promise,
    ended,
    control,
    async end() {
      await sandbox.end()
      await ended
    },
  }
}

async function start(directory: string, worldFile: string): Promise<Sandbox> {
  const binaries = { ISTHMUS_ENVOY: realpathSync(envoyBinary()), ISTHMUS_KUBE: realpathSync(kubeBinary()) }
  const output = openSync(join(directory, 'logs', 'inside.log'), 'w', 0o644)
  const keep = [
    ...[projectRoot, directory, dirname(worldFile), dirname(realpathSync(process.execPath)), cacheDirectory()],
    ...Object.values(binaries).map(path => dirname(path)),
  ]
  try {
    return await startSandbox({
      command: [
        ...[process.execPath, '--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'inside.ts')],
        ...[worldFile, directory, String(lowestPort())],
      ],
      keep: underHidden(keep),
      env: {
        ...withoutSurroundings(process.env),
        ...binaries,
        PATH: `${dirname(process.execPath)}:${process.env.PATH}:/usr/sbin:/sbin`,
      },
      output,
    })
  } finally {
    closeSync(output)
  }
}

/** What leads to places outside, where nothing of the lab may go. */
function withoutSurroundings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const leads = /^(https?_proxy|all_proxy|no_proxy|kubeconfig|node_options)$/i
  return Object.fromEntries(Object.entries(env).filter(([name]) => !leads.test(name)))
}

/** Only those below the folders that first.sh covers. */
function underHidden(folders: readonly string[]): string[] {
  const hidden = ['/run/', '/var/run/', '/var/log/', '/var/lib/']
  const there = folders.flatMap(folder => {
    try {
      return [realpathSync(folder)]
    } catch {
      return []
    }
  })
  return [...new Set(there)].filter(folder => hidden.some(h => `${folder}/`.startsWith(h)))
}

async function untilThere(sandbox: Sandbox, path: string) {
  let over = false
  sandbox.ended.then(() => {
    over = true
  })
  for (;;) {
    try {
      return await dial(path)
    } catch (error) {
      if (over) throw new IsthmusError('ISM1102', 'it ended before it answered', { cause: error })
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }
}
