import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** CPU seconds of a process with all its threads, to the nanosecond where the kernel says so, else in clock ticks. */
export function cpuSecondsOf(pid: number): number {
  try {
    let nanoseconds = 0
    for (const thread of readdirSync(`/proc/${pid}/task`))
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0])
    if (nanoseconds > 0) return nanoseconds / 1e9
  } catch {
    // No schedstat in this kernel, or a thread that has just ended.
  }
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // After the name, which may hold spaces: utime and stime are the 12th and 13th fields.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

/** Resident memory now, MiB. */
export function residentMebibytesOf(pid: number): number {
  return Math.round(numberIn(pid, 'VmRSS') / 1024)
}

/** Times the main thread of a process, the one with the event loop, went to sleep of itself. */
export function sleepsOf(pid: number): number {
  return numberIn(pid, 'voluntary_ctxt_switches')
}

/** Follows the memory of a process until it is called, and then gives the most there was, MiB. */
export function peakOf(pid: number): () => number {
  let most = residentMebibytesOf(pid)
  const timer = setInterval(() => {
    most = Math.max(most, residentMebibytesOf(pid))
  }, 50)
  return () => {
    clearInterval(timer)
    return Math.max(most, residentMebibytesOf(pid))
  }
}

function numberIn(process: number, field: string): number {
  const [, number] = new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${process}/status`, 'utf8')) ?? []
  return Number(number)
}

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
