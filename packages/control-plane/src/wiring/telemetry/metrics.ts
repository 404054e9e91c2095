import { Counter, Gauge, type Registry } from 'prom-client'
import type { Mesh } from '../../model/index.ts'
import type { TelemetryPart } from './part.ts'

const states = ['normal', 'partly failed over', 'failed over', 'returning', 'unknown'] as const

/** What is measured between regions, for Prometheus. Labels are regions, states and clusters: their number does not grow with services. */
export function telemetryMetrics(registry: Registry, part: TelemetryPart, mesh: () => Mesh): void {
  const { telemetry, reporting } = part
  const registers = [registry]
  new Gauge({
    name: 'isthmus_region_state',
    help: '1 for the state a region is in, 0 for the others.',
    labelNames: ['region', 'state'],
    registers,
    collect() {
      this.reset()
      for (const { region, state } of telemetry.regionStates())
        for (const name of states) this.set({ region, state: name.replaceAll(' ', '_') }, name === state ? 1 : 0)
    },
  })
  new Gauge({
    name: 'isthmus_region_services_affected',
    help: 'Services whose requests from a region do not go where they usually do.',
    labelNames: ['region'],
    registers,
    collect() {
      this.reset()
      for (const { region, affected } of telemetry.regionStates()) this.set({ region }, affected.length)
    },
  })
  // PromQL cannot compare two labels: what crosses is said.
  const between = ['source', 'destination', 'role', 'cross_region'] as const
  const counters = (name: string, help: string, value: 'requests' | 'errors') =>
    new Counter({
      name,
      help,
      labelNames: between,
      registers,
      collect() {
        this.reset()
        for (const { flow, count } of telemetry.load.totals())
          this.inc({ ...flow, cross_region: String(flow.source !== flow.destination) }, count[value])
      },
    })
  counters(
    'isthmus_region_requests_total',
    'Requests by source and destination region, as proxies reported them since the control plane began.',
    'requests',
  )
  counters('isthmus_region_request_errors_total', 'Of isthmus_region_requests_total, those that failed.', 'errors')
  new Gauge({
    name: 'isthmus_region_endpoints',
    help: 'Endpoints by region and health, as the control plane knows them.',
    labelNames: ['region', 'health'],
    registers,
    collect() {
      this.reset()
      for (const endpoints of mesh().endpoints.values())
        for (const { locality, health } of endpoints) this.inc({ region: locality.region, health })
    },
  })
  const gauge = (name: string, help: string, read: () => number | undefined) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        const value = read()
        if (value !== undefined) this.set(value)
      },
    })
  gauge('isthmus_load_reporters', 'Proxies that report load.', () => reporting.reporters)
  gauge('isthmus_load_report_interval_seconds', 'Seconds between two load reports of a proxy.', () => {
    return reporting.intervalMs / 1_000
  })
  gauge('isthmus_load_report_newest_timestamp_seconds', 'When the newest load report came.', () =>
    telemetry.load.newest === undefined ? undefined : telemetry.load.newest / 1_000,
  )
  gauge('isthmus_load_flows', 'Flows (service, subset, source, destination, role) in memory.', () => {
    return telemetry.load.size.flows
  })
  const total = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  total('isthmus_load_report_bytes_total', 'Bytes of load reports received.', () => reporting.bytes)
  total('isthmus_load_reports_total', 'Load reports received.', () => telemetry.load.reports)
  total('isthmus_load_flows_dropped_total', 'Flows forgotten for want of room.', () => telemetry.load.size.dropped)
}
