import type { SnapshotEngine } from '@isthmus/control-plane/snapshot/index.ts'
import { Metrics } from '@isthmus/control-plane/wiring/metrics.ts'
import { type TelemetryPart, telemetryMetrics } from '@isthmus/control-plane/wiring/telemetry/index.ts'
import type { XdsServer } from '@isthmus/control-plane/xds/index.ts'

interface Described {
  readonly name: string
  readonly help: string
  readonly type?: string
  readonly labelNames?: readonly string[]
}

/** docs/reference/metrics.md: every metric that a control plane registers, and what /debug shows. */
export function metricsPage(): string {
  const metrics = new Metrics({ now: () => 0, after: () => () => {} })
  // Only named, never read.
  const nothing = {} as { server: XdsServer; engine: SnapshotEngine }
  metrics.watch({ ...nothing, mesh: () => ({}) as never })
  telemetryMetrics(metrics.registry, {} as TelemetryPart, () => ({}) as never)
  const all = metrics.registry.getMetricsAsArray() as unknown as readonly Described[]
  return `${intro}
| metric | kind | label | |
|---|---|---|---|
${all.map(row).join('\n')}
${debug}`
}

function row(metric: Described): string {
  const { name, help, labelNames = [] } = metric
  const kind = metric.type ?? metric.constructor.name.toLowerCase()
  return `| \`${name}\` | ${kind} | ${labelNames.map(l => `\`${l}\``).join(' ')} | ${help.replaceAll('|', '\\|')} |`
}

const intro = `# Metrics, and what a control plane says of itself

\`GET /metrics\` on the API's address (\`--api-address\`) is for Prometheus, without a token. Names end in their unit; times are seconds, sizes bytes, \`_total\` only grows. This page is made from the code by \`npm run docs\`.

A change is counted from when a source **heard** of it: a watch event of a cluster's API, or the system's word that a file changed. It has **converged** when the last proxy whose view it changed has answered for it, by accepting or refusing. \`kind\` is \`everything\` (the start), \`clusters\`, \`rules\`, \`services\`, \`credentials\`, \`workloads\` or \`endpoints\`: of several in one push, the first in this order. A proxy that hangs holds up \`isthmus_convergence_seconds\` of what it was sent, not \`isthmus_proxy_convergence_seconds\` of the others; after 64 pushes it is no longer waited for (\`isthmus_pushes_overtaken_total\`). Following costs about half a microsecond of CPU for each proxy and change.
`

const debug = `
## /debug

JSON for eyes, made when asked, on the API's address. Who may is decided as for the rest of the API: on loopback for a control plane fed by a directory, else by the mesh API's RBAC on the path (\`nonResourceURLs: [/debug/*]\`, which the ClusterRole \`isthmus-debug-reader\` of \`deploy/mesh-api\` holds). Fields may change from one version to the next.

| path | |
|---|---|
| \`/debug/pushes?last=N\` | The last pushes that changed a proxy's view, newest first (100 are kept): when it was heard of, kinds and names of what changed, views looked at, proxies told, still waited for and lost, responses, resources, bytes, and milliseconds in each stage: \`read\` (heard of, until the mesh shows it), \`wait\` (for the turn), \`make\` (views, encoding), \`write\` (until the last response is handed to its connection), \`acknowledge\` (until the last answer), \`total\`. |
| \`/debug/views\` | Each distinct view: what makes it one, how many proxies share it, its resources by type with their bytes. |
| \`/debug/memory\` | The process's memory; distinct resources by type with their bytes; what became of the resources that passes looked at (reused, equal, encoded, refused); views in use and kept for a return; proxies, names they subscribed to, resources they hold, bytes they have not taken yet. |
| \`/debug/proxies\` | Each stream: its node, mode, peer, since when, bytes it has not taken yet, per type what it subscribed to, holds, was last sent and acknowledged and when, and its words where it refused. Those that are behind come first. |
`
