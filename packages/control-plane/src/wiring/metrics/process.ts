import { PerformanceObserver, performance } from 'node:perf_hooks'
import { Counter, Gauge, type Registry } from 'prom-client'
import type { Clock } from '../../runtime/index.ts'
import { Histogram } from './histogram.ts'

/** How often it is looked whether the event loop is late. Milliseconds. */
const lookEveryMs = 1_000

/**
 * The process itself, under the names Prometheus's own clients use. Not prom-client's collection of them: that watches the
 * event loop by a timer that wakes a hundred times a second.
 */
export function processMetrics(registry: Registry, clock: Clock): void {
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read())
      },
    })
  const started = Math.round(performance.timeOrigin) / 1000
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'CPU time used, user and system.',
    registers: [registry],
    collect() {
      const { user, system } = process.cpuUsage()
      this.reset()
      this.inc((user + system) / 1e6)
    },
  })
  gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss())
  gauge('process_start_time_seconds', 'Start of the process, since the epoch.', () => started)
  gauge('nodejs_heap_size_used_bytes', 'JavaScript heap in use.', () => process.memoryUsage().heapUsed)
  gauge('nodejs_heap_size_total_bytes', 'JavaScript heap held.', () => process.memoryUsage().heapTotal)
  gauge('nodejs_external_memory_bytes', 'Memory outside the heap, buffers among it.', () => {
    return process.memoryUsage().external
  })
  let before = performance.eventLoopUtilization()
  gauge('isthmus_event_loop_busy_ratio', 'Part of the time since the last look that the event loop was busy.', () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, before)
    before = now
    return Number.isFinite(utilization) ? utilization : 0
  })
  watchGarbage(registry)
  watchLoop(registry, clock)
}

function watchGarbage(registry: Registry) {
  const pauses = new Histogram(registry, {
    name: 'nodejs_gc_duration_seconds',
    help: 'Pauses for garbage collection, by kind.',
    label: 'kind',
    bounds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5],
  })
  // Node's numbers for them: perf_hooks.constants, of which the old names are deprecated.
  const kinds: Readonly<Record<number, string>> = { 1: 'minor', 4: 'major', 8: 'incremental', 16: 'weakcb' }
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) {
      const { kind } = (entry as { detail?: { kind: number } }).detail ?? { kind: 0 }
      pauses.of(kinds[kind] ?? 'other').observe(entry.duration / 1000)
    }
  }).observe({ entryTypes: ['gc'] })
}

function watchLoop(registry: Registry, clock: Clock) {
  const delay = new Histogram(registry, {
    name: 'isthmus_event_loop_delay_seconds',
    help: 'How late a timer ran that is due once a second: what every change may wait for before it is looked at.',
    label: 'of',
    bounds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
  }).of('timer')
  const look = () => {
    const due = performance.now() + lookEveryMs
    clock.after(lookEveryMs, () => {
      delay.observe(Math.max(0, performance.now() - due) / 1000)
      look()
    })
  }
  look()
}
