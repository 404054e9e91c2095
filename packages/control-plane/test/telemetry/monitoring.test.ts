import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { SnapshotEngine } from '@isthmus/control-plane/snapshot/index.ts'
import { requestMetrics } from '@isthmus/control-plane/translate/request-metrics.ts'
import { Metrics } from '@isthmus/control-plane/wiring/metrics.ts'
import type { TelemetryPart } from '@isthmus/control-plane/wiring/telemetry/index.ts'
import { telemetryMetrics } from '@isthmus/control-plane/wiring/telemetry/index.ts'
import type { XdsServer } from '@isthmus/control-plane/xds/index.ts'
import { parse } from 'yaml'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { World } from './world.ts'

const file = (name: string) => readFileSync(new URL(`../../../../deploy/monitoring/${name}`, import.meta.url), 'utf8')
interface Rule {
  alert: string
  expr: string
  labels: object
  annotations: { summary: string }
}

const alerts = parse(file('alerts.yaml')) as { groups: { rules: Rule[] }[] }
const dashboard = JSON.parse(file('regions-dashboard.json')) as {
  panels: { title: string; targets: { expr: string }[] }[]
}
const scrape = parse(file('scrape.yaml')) as {
  scrape_configs: { job_name: string; metric_relabel_configs?: Relabel[] }[]
}

interface Relabel {
  source_labels?: string[]
  regex?: string
  replacement?: string
  target_label?: string
  action?: string
}

const expressions = [
  ...alerts.groups.flatMap(g => g.rules.map(r => ({ where: r.alert, expr: r.expr }))),
  ...dashboard.panels.flatMap(p => p.targets.map(t => ({ where: p.title, expr: t.expr }))),
]

interface Described {
  readonly name: string
  readonly labelNames: readonly string[]
}

/** Everything that is registered, by the names Prometheus sees, with its labels. */
function registered(): ReadonlyMap<string, readonly string[]> {
  const metrics = new Metrics(new SimulatedClock())
  metrics.watch({ ...({} as { server: XdsServer; engine: SnapshotEngine }), mesh: () => ({}) as never })
  telemetryMetrics(metrics.registry, {} as TelemetryPart, () => ({}) as never)
  const all = metrics.registry.getMetricsAsArray() as unknown as readonly Described[]
  const names = new Map<string, readonly string[]>()
  for (const { name, labelNames = [] } of all)
    for (const ending of ['', '_bucket', '_sum', '_count']) names.set(`${name}${ending}`, [...labelNames, 'le'])
  const istio = istioLabels()
  for (const name of ['istio_requests_total', 'istio_request_duration_milliseconds_bucket'])
    names.set(name, [...istio, 'le'])
  return names
}

/** Labels of the proxies' own metrics, before and after Prometheus took the peer apart. */
function istioLabels(): readonly string[] {
  const log = JSON.stringify(
    [requestMetrics({ at: 'gateway' }), requestMetrics({ at: 'inbound', hostname: 'a.b.svc.cluster.local' })],
    (_key, value) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value),
  )
  const made = (proxyJob().metric_relabel_configs ?? []).map(r => r.target_label ?? '')
  const named = [
    'reporter',
    'source_workload',
    'destination_service',
    'destination_service_name',
    'destination_service_namespace',
  ]
  for (const name of named) assert.ok(log.includes(name), name)
  return [...named, ...made]
}

const proxyJob = () => scrape.scrape_configs.find(job => job.job_name === 'isthmus-proxies')!

test('every metric and label that alerts and dashboard name is registered', () => {
  const known = registered()
  assert.ok(expressions.length > 15)
  for (const { where, expr } of expressions) {
    const names = [...expr.matchAll(/\b(?:isthmus|istio|envoy)_\w+/g)].map(([name]) => name)
    assert.ok(names.length > 0, where)
    const labels = new Set<string>()
    for (const name of names) {
      assert.ok(known.has(name), `${where}: ${name} is registered nowhere`)
      for (const label of known.get(name) ?? []) labels.add(label)
    }
    const made = [...expr.matchAll(/label_replace\([\s\S]*?, "(\w+)", "\$1"/g)].map(([, label]) => label)
    const used = [
      ...[...expr.matchAll(/\{([^}]*)\}/g)].flatMap(([, inside]) =>
        [...inside!.matchAll(/(\w+)[=!]~?"/g)].map(([, l]) => l),
      ),
      ...[...expr.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].flatMap(([, list]) =>
        list!
          .split(',')
          .map(l => l.trim())
          .filter(Boolean),
      ),
    ]
    for (const label of used)
      assert.ok(labels.has(label!) || made.includes(label), `${where}: no metric of it has label ${label}`)
  }
})

test('the states that alerts wait for are those that the control plane tells', async () => {
  const w = new World()
  await w.part.begin()
  w.clock.pass(2_000)
  const metrics = new Metrics(new SimulatedClock())
  telemetryMetrics(metrics.registry, w.part, () => w.builder.mesh)
  const text = await metrics.registry.getSingleMetricAsString('isthmus_region_state')
  const told = new Set([...text.matchAll(/state="(\w+)"/g)].map(([, state]) => state))
  for (const { where, expr } of expressions)
    for (const [, states] of expr.matchAll(/state=~?"([\w|]+)"/g))
      for (const state of states!.split('|')) assert.ok(told.has(state), `${where}: ${state}`)
  assert.match(text, /isthmus_region_state\{region="cn-hangzhou",state="normal"\} 1/)
  assert.match(
    await metrics.registry.getSingleMetricAsString('isthmus_region_endpoints'),
    /region="cn-hangzhou",health="healthy"\} 2/,
  )
})

test('alerts have names of their own, and each says what is wrong', () => {
  const rules = alerts.groups.flatMap(g => g.rules)
  assert.equal(new Set(rules.map(r => r.alert)).size, rules.length)
  for (const rule of rules) assert.ok(rule.annotations.summary.length > 20 && 'severity' in rule.labels, rule.alert)
})

test("Prometheus' relabelling gives a proxy's metric Istio's name and labels", () => {
  let labels: Record<string, string> = {
    __name__: 'envoy_istio_requests_total',
    destination_peer: 'reviews-v1;default;reviews;v1;ack-shanghai',
  }
  for (const {
    source_labels = [],
    regex = '(.*)',
    replacement = '$1',
    target_label = '',
    action = 'replace',
  } of proxyJob().metric_relabel_configs ?? []) {
    const whole = new RegExp(`^(?:${regex})$`)
    if (action === 'labeldrop')
      labels = Object.fromEntries(Object.entries(labels).filter(([name]) => !whole.test(name)))
    else {
      const value = source_labels.map(l => labels[l] ?? '').join(';')
      if (whole.test(value)) labels[target_label] = value.replace(whole, replacement)
    }
  }
  assert.deepEqual(labels, {
    __name__: 'istio_requests_total',
    destination_workload: 'reviews-v1',
    destination_workload_namespace: 'default',
    destination_canonical_service: 'reviews',
    destination_canonical_revision: 'v1',
    destination_cluster: 'ack-shanghai',
  })
})
