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
  #objects: { readonly mesh: Mesh; readonly origins: readonly Origin[] } | undefined
  /** All that was told last. */
  #told: readonly unknown[] = []
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
    // Not again for an acknowledgement, which changes nothing in the mesh.
    if (this.#analyzed?.mesh !== mesh) this.#analyzed = { mesh, findings: meshFindings(mesh) }
    if (!this.#objects || tables.some(table => this.#objects!.mesh[table] !== mesh[table]))
      this.#objects = { mesh, origins: objectsOf(mesh) }
    const others = more()
    const findings = [...builder.findings, ...delivery.engine.findings, ...this.#analyzed.findings, ...others.findings]
    const nacks = delivery.server
      .proxies()
      .flatMap(proxy => proxy.types.flatMap(({ nacked }) => (nacked ? [{ proxy: proxy.node.id, nacked }] : [])))
    const { origins } = this.#objects
    const telling = [origins, ...others.objects, ...findings, ...nacks.map(({ nacked }) => nacked)]
    // Most changes of a mesh say nothing new of any object.
    if (telling.length === this.#told.length && telling.every((part, i) => part === this.#told[i])) return
    this.#told = telling
    this.findings = findings
    const refusals = nacks.flatMap(({ proxy, nacked }) =>
      nacked.resources.flatMap(resource =>
        resource.origins.map(origin => ({ origin, refusal: { proxy, words: nacked.words } })),
      ),
    )
    this.#writer.report({
      objects: [...origins, ...others.objects, ...findings.map(finding => finding.origin)],
      findings,
      refusals,
    })
  }
}

/** Those whose rows are users' objects. */
const tables = [
  'gateways',
  'virtualServices',
  'destinationRules',
  'sidecars',
  'regionalPolicies',
  'services',
] as const satisfies readonly (keyof Mesh)[]

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
