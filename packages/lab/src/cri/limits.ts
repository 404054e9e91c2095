import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A cgroup (v2) of a container with its memory limit in bytes (0: none); its path. */
export function makeCgroup(parent: string, id: string, memoryBytes: number): string {
  const path = join(parent, id)
  mkdirSync(path, { recursive: true })
  if (memoryBytes > 0) {
    writeFileSync(join(path, 'memory.max'), String(memoryBytes))
    // Swapping instead of ending would make the limit a slow death.
    const swap = join(path, 'memory.swap.max')
    if (existsSync(swap)) writeFileSync(swap, '0')
  }
  return path
}

export function dropCgroup(parent: string, id: string): void {
  try {
    rmdirSync(join(parent, id))
  } catch {
    // A process in it is still being collected; an empty cgroup costs next to nothing.
  }
}
