import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { connect } from 'node:net'

/** The user namespace of a process: all of a sandbox share one. Undefined when the process is gone. */
export function userNamespace(pid: number | string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/user`)
  } catch {
    return undefined
  }
}

/** Processes that live in a user namespace, with their names; zombies have none any more. */
export function processesIn(namespace: string): string[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && userNamespace(name) === namespace)
    .flatMap(pid => {
      try {
        return [`${pid} ${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()}`]
      } catch {
        return []
      }
    })
}

/** Mounts of this machine that name a path. */
export const mountsOf = (path: string): string[] =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter(line => line.includes(path))

export const present = existsSync

export function accepts(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ port, host })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/** Waits until it holds; fails with what it says after 20 s. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within 20 s: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 25))
  }
}
