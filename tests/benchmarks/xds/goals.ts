import { mean, spreadOf } from './figures.ts'
import type { Sample } from './measure.ts'

/* What is to be reached on a machine of 2 cores shared with the clients, from Istio's own figures there (1.32-dev of
   2026-08-22, delta, config fed over its fastest path): a tenth of its time and CPU, a fifth of its CPU for endpoints. */

export interface IstioFigures {
  /** Milliseconds to the last client, and CPU seconds, of each kind of change. */
  readonly changes: Readonly<
    Record<string, { readonly p50: number; readonly p99: number; readonly cpuSeconds: number }>
  >
  readonly storm: { readonly seconds: number; readonly cpuSeconds: number; readonly mebibytes: number }
  /** The p99 with its debounce at 1 ms. */
  readonly tuned?: Readonly<Record<string, number>>
}

export const istio: Readonly<Record<number, IstioFigures>> = {
  100: {
    changes: {
      endpoint: { p50: 133, p99: 181, cpuSeconds: 0.05 },
      virtualservice: { p50: 416, p99: 954, cpuSeconds: 0.6 },
      destinationrule: { p50: 356, p99: 592, cpuSeconds: 0.71 },
      'new-service': { p50: 332, p99: 675, cpuSeconds: 0.63 },
    },
    storm: { seconds: 5.6, cpuSeconds: 9, mebibytes: 420 },
    tuned: { endpoint: 73, virtualservice: 434, destinationrule: 956, 'new-service': 652 },
  },
  300: {
    changes: {
      endpoint: { p50: 170, p99: 252, cpuSeconds: 0.11 },
      virtualservice: { p50: 1_031, p99: 2_109, cpuSeconds: 1.8 },
      destinationrule: { p50: 950, p99: 1_955, cpuSeconds: 1.9 },
      'new-service': { p50: 827, p99: 1_769, cpuSeconds: 1.7 },
    },
    storm: { seconds: 21, cpuSeconds: 29, mebibytes: 728 },
  },
}

/** What Istio sends one client for a one-host VirtualService change, bytes. */
export const istioRouteBytes = 561_601

/** One line of the summary. */
export interface Verdict {
  readonly what: string
  readonly goal: string
  readonly seen: string
  readonly met: boolean
}

export function atMost(what: string, limit: number, seen: number, unit: string, digits = 0): Verdict {
  const text = (n: number) => `${n.toLocaleString('en', { maximumFractionDigits: digits })}${unit}`
  return { what, goal: `≤ ${text(limit)}`, seen: text(seen), met: seen <= limit }
}

/** The p99 to the last client, CPU and bytes of each kind, where Istio was measured with as many clients in the same mode. */
export function changeVerdicts(sidecars: number, mode: string, samples: readonly Sample[]): readonly Verdict[] {
  const theirs = mode === 'delta' ? istio[sidecars] : undefined
  if (!theirs) return []
  return Object.entries(theirs.changes).flatMap(([kind, { p99, cpuSeconds }]) => {
    const own = samples.filter(sample => sample.kind === kind)
    if (own.length === 0) return []
    const at = `${kind}, ${sidecars} sidecars`
    const tuned = theirs.tuned?.[kind]
    const limit = Math.floor(Math.min(p99 / 10, (tuned ?? Number.POSITIVE_INFINITY) / 3))
    const last = spreadOf(own.map(sample => sample.last))
    const cpu = mean(own.map(sample => sample.cpuSeconds))
    const verdicts = [
      atMost(`${at}: p99 to the last`, limit, last.p99, ' ms', 1),
      atMost(`${at}: CPU`, cpuSeconds / (kind === 'endpoint' ? 5 : 10), cpu, ' s', 3),
    ]
    if (kind === 'virtualservice') {
      const bytes = spreadOf(own.map(sample => sample.bytesToOne)).p50
      verdicts.push(atMost(`${at}: bytes to one`, 10_240, bytes, ' B'))
    }
    return verdicts
  })
}

export function stormVerdicts(
  sidecars: number,
  mode: string,
  storm: { readonly seconds: number; readonly cpuSeconds: number; readonly peakMebibytes: number },
): readonly Verdict[] {
  const theirs = mode === 'delta' ? istio[sidecars]?.storm : undefined
  if (!theirs) return []
  const at = `${sidecars} connect`
  return [
    atMost(`${at}: time`, theirs.seconds / 10, storm.seconds, ' s', 2),
    atMost(`${at}: CPU`, theirs.cpuSeconds / 10, storm.cpuSeconds, ' s', 2),
    atMost(`${at}: memory`, theirs.mebibytes / 2, storm.peakMebibytes, ' MiB'),
  ]
}
