import { readFileSync } from 'node:fs'

/** A process as this node's /proc shows it. */
export interface ProcessStat {
  /** Clock ticks after boot at which it began: with the id, it names a process for good. */
  readonly began: string
  /** Processor time, in nanoseconds. */
  readonly cpuNanoseconds: number
  /** Resident memory, in bytes. */
  readonly memoryBytes: number
}

/** Undefined when there is no such process, or only what is left of one that nobody has collected. */
export function processStat(pid: number): ProcessStat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name, in brackets, may hold blanks and brackets itself.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined
    const ticks = Number(fields[11]) + Number(fields[12])
    return { began: fields[19]!, cpuNanoseconds: ticks * 10_000_000, memoryBytes: Number(fields[21]) * 4096 }
  } catch {
    return undefined
  }
}

/** A process and all it has started and not outlived. */
export function processTree(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
    return [
      pid,
      ...children
        .split(' ')
        .filter(Boolean)
        .flatMap(child => processTree(Number(child))),
    ]
  } catch {
    return [pid]
  }
}

/** Sends a signal; false when there is nobody to get it. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}

/** Whether the user namespace this runs in has this id. */
export function isMapped(id: number, map: string): boolean {
  return map
    .trim()
    .split('\n')
    .map(line => line.trim().split(/\s+/).map(Number))
    .some(([inside = 0, , length = 0]) => id >= inside && id < inside + length)
}
