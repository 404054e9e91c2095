import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** MiB of memory that a sandbox's processes really use: shared pages count once, divided among those that share them (PSS). */
export function sandboxMemory(firstProcess: number): { readonly mebibytes: number; readonly processes: number } {
  const sandbox = readlinkSync(`/proc/${firstProcess}/ns/user`)
  let kibibytes = 0
  let processes = 0
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    try {
      if (readlinkSync(`/proc/${pid}/ns/user`) !== sandbox) continue
      const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
      kibibytes += Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0)
      processes++
    } catch {
      // It ended while we looked.
    }
  }
  return { mebibytes: Math.round(kibibytes / 1024), processes }
}
