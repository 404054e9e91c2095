import type { KubeClient } from '@isthmus/kubernetes'
import type { Finding, Mesh, Origin } from '../model/index.ts'
import { type Clock, type Log, Pace } from '../runtime/index.ts'
import type { MeshBuilder } from '../sources/index.ts'
import { StatusWriter } from '../status/index.ts'
import type { Delivery } from './delivery.ts'
import { meshFindings } from './mesh-findings.ts'

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
  #analyzed: { readonly mesh: Mesh; readonly findings: readonly Finding[] } | undefined
  /** A look at the whole mesh: under a steady change it has its share of the time, and no more. */
  readonly #pace = new Pace(100)
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
    const { clock } = this.#options
    clock.after(this.#pace.waitMs, () => {
      this.#waiting = false
      if (this.#stopped) return
      const began = clock.now()
      this.#report()
      this.#pace.took(clock.now() - began)
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
    if (!delivery.began) return
    // A pass over the whole mesh: not again for an acknowledgement, which changes nothing in it.
    if (this.#analyzed?.mesh !== mesh) this.#analyzed = { mesh, findings: meshFindings(mesh) }
    const others = more()
    this.findings = [...builder.findings, ...delivery.engine.findings, ...this.#analyzed.findings, ...others.findings]
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
