import { accessSync, constants, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type ErrorCode, IsthmusError } from '@isthmus/errors'
import { envoyBinary, kubeBinary } from '../binaries.ts'

const programs: Record<string, string> = {
  unshare: 'it makes the namespaces the lab lives in (package util-linux)',
  nsenter: 'it enters the namespaces of nodes and pods (package util-linux)',
  bash: "it is the sandbox's first process (package bash)",
  ip: 'it makes the network namespaces, cables and routes (package iproute2)',
  tc: 'it limits the bandwidth between regions (package iproute2)',
  nft: 'it filters packets for security groups, services and sidecars (package nftables)',
}

/** Throws what is missing on this machine, each with why it is needed. */
export function checkRequirements(env: NodeJS.ProcessEnv = process.env): void {
  const problems = [...missingPrograms(env), ...namespaceProblems(), ...missingBinaries(env)]
  const first = problems[0]
  if (first) throw new IsthmusError(first.code, problems.map(p => p.detail).join('\n  '))
}

/**
 * What the default world takes of the user's inotify instances: 5 for each kubelet, 3 for an API server, 2 for an Envoy,
 * 1 for a kube-proxy. Measured: 36 when it is ready, 56 to 64 with Bookinfo in both clusters.
 */
const inotifyWanted = 80

/** What will not stop the lab from starting, but may stop something in it. */
export function warnings(): IsthmusError[] {
  const most = number('/proc/sys/fs/inotify/max_user_instances')
  if (most === undefined) return []
  const used = inotifyInUse()
  if (most - used >= inotifyWanted) return []
  return [new IsthmusError('ISM1112', `${used} of ${most} are in use, the lab may need ${inotifyWanted}`)]
}

/** Inotify instances of this user's processes, as far as they can be seen. */
function inotifyInUse(): number {
  const uid = process.getuid?.()
  const processes = attempt(() => readdirSync('/proc'), []).filter(name => /^\d+$/.test(name))
  return processes
    .filter(pid => attempt(() => statSync(`/proc/${pid}`).uid, undefined) === uid)
    .flatMap(pid => attempt(() => readdirSync(`/proc/${pid}/fd`), []).map(fd => `/proc/${pid}/fd/${fd}`))
    .filter(fd => attempt(() => readlinkSync(fd), '') === 'anon_inode:inotify').length
}

interface Problem {
  readonly code: ErrorCode
  readonly detail: string
}

function missingPrograms(env: NodeJS.ProcessEnv): Problem[] {
  const folders = [...(env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']
  const there = (name: string) => folders.some(folder => folder && runnable(join(folder, name)))
  return Object.entries(programs)
    .filter(([name]) => !there(name))
    .map(([name, why]) => ({ code: 'ISM1103', detail: `${name} is not installed: ${why}` }))
}

function namespaceProblems(): Problem[] {
  const settings: Record<string, (value: number) => boolean> = {
    '/proc/sys/user/max_user_namespaces': n => n > 0,
    '/proc/sys/kernel/unprivileged_userns_clone': n => n !== 0 || process.getuid?.() === 0,
  }
  return Object.entries(settings).flatMap(([file, good]): Problem[] => {
    const value = number(file)
    return value === undefined || good(value) ? [] : [{ code: 'ISM1101', detail: `${file} is ${value}` }]
  })
}

function missingBinaries(env: NodeJS.ProcessEnv): Problem[] {
  return [envoyBinary, kubeBinary].flatMap((find): Problem[] => {
    try {
      find(env)
      return []
    } catch (error) {
      return [{ code: 'ISM1301', detail: (error as Error).message }]
    }
  })
}

const number = (file: string) => attempt(() => Number(readFileSync(file, 'utf8')), undefined)

/** Processes end while they are looked at. */
function attempt<T, D>(look: () => T, otherwise: D): T | D {
  try {
    return look()
  } catch {
    return otherwise
  }
}

function runnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
