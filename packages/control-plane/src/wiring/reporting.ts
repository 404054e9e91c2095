import type { KubeClient } from '@isthmus/kubernetes'
import { analyze } from '../analysis/index.ts'
import type { Finding, Mesh, Origin } from '../model/index.ts'
import { policyFindings } from '../regions/index.ts'
import type { Clock, Log } from '../runtime/index.ts'
import type { MeshBuilder } from '../sources/index.ts'
import { StatusWriter } from '../status/index.ts'
import type { Delivery } from './delivery.ts'

export interface ReportingOptions {
  readonly builder: MeshBuilder
  readonly delivery: Delivery
  /** The mesh API. */
  readonly client: KubeClient
  readonly clock: Clock
  readonly log: Log
  /** Findings of stages outside the mesh's way. */
  readonly more: () => { readonly findings: readonly Finding[]; readonly objects: readonly Origin[] }
}

/** Gathers what every stage found, and what proxies refuse, and has it written onto the users' objects. */
export class Reporting {
  readonly #options: ReportingOptions
  readonly #writer: StatusWriter
  #waiting = false
  #stopped = false
  findings: readonly Finding[] = []

  constructor(options: ReportingOptions) {
    this.#options = options
    this.#writer = new StatusWriter({ client: options.client, clock: options.clock, log: options.log })
  }

  /** Something may have changed: looked at once, a little later, however often this is called. */
  wake(): void {
    if (this.#waiting || this.#stopped) return
    this.#waiting = true
    this.#options.clock.after(100, () => {
      this.#waiting = false
      if (!this.#stopped) this.#report()
    })
  }

  stop(): void {
    this.#stopped = true
    this.#writer.stop()
  }

  #report() {
    const { builder, delivery, more } = this.#options
    const { mesh } = builder
    // Before the first full picture, half of what refers to something would seem to refer to nothing.
    if (!delivery.began) return this.wake()
    const others = more()
    this.findings = [
      ...builder.findings,
      ...delivery.engine.findings,
      ...policyFindings(mesh.regionalPolicies, surroundings(mesh)),
      ...analyze(mesh),
      ...others.findings,
    ]
    const refusals = delivery.server
      .proxies()
      .flatMap(proxy =>
        proxy.types.flatMap(({ nacked }) =>
          (nacked?.resources ?? []).flatMap(resource =>
            resource.origins.map(origin => ({ origin, refusal: { proxy: proxy.node.id, words: nacked?.words ?? '' } })),
          ),
        ),
      )
    this.#writer.report({
      objects: [...objectsOf(mesh), ...others.objects, ...this.findings.map(finding => finding.origin)],
      findings: this.findings,
      refusals,
    })
  }
}

function objectsOf(mesh: Mesh): Origin[] {
  const rules = [
    ...mesh.gateways,
    ...mesh.virtualServices,
    ...mesh.destinationRules,
    ...mesh.sidecars,
    ...mesh.regionalPolicies,
  ]
  return [...rules.map(rule => rule.origin), ...[...mesh.services.values()].flatMap(service => service.origins)]
}

function surroundings(mesh: Mesh) {
  const regions = new Set([...mesh.clusters.values()].map(cluster => cluster.region))
  for (const endpoints of mesh.endpoints.values())
    for (const endpoint of endpoints) regions.add(endpoint.locality.region)
  regions.delete('')
  return { services: mesh.services, knownRegions: [...regions].sort(), rootNamespace: mesh.config.rootNamespace }
}
