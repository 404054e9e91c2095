import { createHash, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
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
export const readRecord = (directory: string): Promise<LabRecord | undefined> => liveRecord(fileIn(directory))

async function liveRecord(file: string): Promise<LabRecord | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    const record = JSON.parse(text) as LabRecord
    return startTimeOf(record.pid) === record.startTime ? record : undefined
  } catch {
    return undefined
  }
}

/** Makes the folder's record this process's, unless a lab runs there: of several that start at once one gets true. */
export async function claimRecord(directory: string, record: LabRecord): Promise<boolean> {
  await mkdir(directory, { recursive: true })
  const own = `${fileIn(directory)}.${randomUUID()}`
  await writeFile(own, `${JSON.stringify(record, undefined, 2)}\n`)
  try {
    return await claim(own, fileIn(directory))
  } finally {
    await rm(own, { force: true })
  }
}

/**
 * Puts `own` at `file`. A link does it whole or fails. Where a record was left behind, only who holds the claim on that
 * very record may replace it: deleting and writing would let one delete what another has just written.
 */
async function claim(own: string, file: string): Promise<boolean> {
  if (await unless('EEXIST', link(own, file))) return true
  const left = await readFile(file, 'utf8').catch(() => undefined)
  if (left === undefined || (await liveRecord(file))) return false
  const replacing = `${file}.${createHash('sha256').update(left).digest('hex').slice(0, 8)}`
  if (!(await claim(own, replacing))) return false
  try {
    // Who held that claim before may have replaced it already.
    if ((await readFile(file, 'utf8').catch(() => undefined)) !== left) return false
    // By another name, since `own` may have to stand at a second place.
    const next = `${own}.next`
    await link(own, next)
    await rename(next, file)
    return true
  } finally {
    await rm(replacing, { force: true })
  }
}

/** False where it failed with that code; other failures are thrown. */
async function unless(code: string, task: Promise<void>): Promise<boolean> {
  try {
    await task
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === code) return false
    throw error
  }
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
