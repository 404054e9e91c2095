import { readFileSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** lab.json: what other processes need to find a running lab. */
export interface LabRecord {
  /** The supervisor. */
  readonly pid: number
  /** Of the supervisor, in clock ticks since boot: with the pid it names one process for good. */
  readonly startTime: string
  /** Host's id of the sandbox's first process; 0 until there is one. */
  readonly sandboxPid: number
  readonly worldFile: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Seconds until the world was ready; not there while it is not. */
  readonly readySeconds?: number
}

const fileIn = (directory: string) => join(directory, 'lab.json')

/** The record of a lab that runs. One left by a process that is gone counts for nothing. */
export async function readRecord(directory: string): Promise<LabRecord | undefined> {
  const text = await readFile(fileIn(directory), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    const record = JSON.parse(text) as LabRecord
    return startTimeOf(record.pid) === record.startTime ? record : undefined
  } catch {
    return undefined
  }
}

/** Makes the folder's record this process's, unless a lab runs there: of two that start at once one gets false. */
export async function claimRecord(directory: string, record: LabRecord): Promise<boolean> {
  if (await readRecord(directory)) return false
  await mkdir(directory, { recursive: true })
  await removeRecord(directory)
  const text = `${JSON.stringify(record, undefined, 2)}\n`
  return writeFile(fileIn(directory), text, { flag: 'wx' }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
      return false
    },
  )
}

export async function writeRecord(directory: string, record: LabRecord): Promise<void> {
  await mkdir(directory, { recursive: true })
  const beside = `${fileIn(directory)}.new`
  await writeFile(beside, `${JSON.stringify(record, undefined, 2)}\n`)
  await rename(beside, fileIn(directory))
}

export const removeRecord = (directory: string): Promise<void> => rm(fileIn(directory), { force: true })

/** When a process started, in clock ticks since boot; undefined when it is not there (a zombie is not). */
export function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}
