import { accessSync, constants, readFileSync } from 'node:fs'
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

function number(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8'))
  } catch {
    return undefined
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
