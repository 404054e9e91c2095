import { processStat, processTree } from './process.ts'
import { nanoseconds } from './protocol.ts'
import type { ContainerRecord, SandboxRecord } from './store.ts'

/** What a container uses, summed over its processes. */
export function containerStats(record: ContainerRecord, pid: number): object {
  const stats = processTree(pid).flatMap(one => processStat(one) ?? [])
  const cpu = stats.reduce((sum, one) => sum + one.cpuNanoseconds, 0)
  const memory = stats.reduce((sum, one) => sum + one.memoryBytes, 0)
  const timestamp = nanoseconds(Date.now())
  return {
    attributes: attributes(record),
    cpu: { timestamp, usage_core_nano_seconds: { value: String(cpu) } },
    memory: {
      timestamp,
      working_set_bytes: { value: String(memory) },
      usage_bytes: { value: String(memory) },
      rss_bytes: { value: String(memory) },
    },
  }
}

export function sandboxStats(record: SandboxRecord, containers: readonly object[]): object {
  const timestamp = nanoseconds(Date.now())
  const sum = (pick: (one: Usage) => string) =>
    String((containers as Usage[]).reduce((total, one) => total + Number(pick(one)), 0))
  return {
    attributes: attributes(record),
    linux: {
      cpu: { timestamp, usage_core_nano_seconds: { value: sum(one => one.cpu.usage_core_nano_seconds.value) } },
      memory: { timestamp, working_set_bytes: { value: sum(one => one.memory.working_set_bytes.value) } },
      containers,
    },
  }
}

interface Usage {
  readonly cpu: { readonly usage_core_nano_seconds: { readonly value: string } }
  readonly memory: { readonly working_set_bytes: { readonly value: string } }
}

function attributes({ id, config }: ContainerRecord | SandboxRecord): object {
  return { id, metadata: config.metadata, labels: config.labels, annotations: config.annotations }
}
