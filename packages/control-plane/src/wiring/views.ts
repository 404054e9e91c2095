import { type ApiViews, routes } from '../api/index.ts'
import type { Finding } from '../model/index.ts'

import type { MeshBuilder } from '../sources/mesh-builder.ts'
import { viewOf } from '../sources/view.ts'
import { debugRoutes } from './debug.ts'
import type { Delivery } from './delivery.ts'
import { meshFindings } from './mesh-findings.ts'
import type { Metrics } from './metrics.ts'
import type { TelemetryPart } from './telemetry/index.ts'

/** The API's paths over the running parts. */
export function views(parts: {
  readonly builder: MeshBuilder
  readonly delivery: Delivery
  readonly metrics: Metrics
  readonly telemetry: TelemetryPart
  readonly findings?: () => readonly Finding[]
}) {
  const { builder, delivery, metrics } = parts
  const shown: ApiViews = {
    mesh: () => builder.mesh,
    findings:
      parts.findings ?? (() => [...builder.findings, ...delivery.engine.findings, ...meshFindings(builder.mesh)]),
    proxies: () => delivery.server.proxies(),
    proxyConfig: status => delivery.server.config(status.node.id) ?? {},
    regionOf: status => viewOf(status.node, builder.mesh).locality.region,
    waitingFor: () => (delivery.began ? undefined : 'the first full picture of the mesh'),
    metrics: metrics.registry,
  }
  return [...routes(shown), ...debugRoutes({ delivery, pushes: metrics.pushes })]
}
