import type { MemberCluster } from '../../members/index.ts'
import type { Mesh, Origin, ProxyNode } from '../../model/index.ts'
import type { Clock, Log } from '../../runtime/index.ts'
import type { MeshBuilder } from '../../sources/mesh-builder.ts'
import type { MeshChange } from '../../sources/mesh-change.ts'
import { viewOf, workloadOf } from '../../sources/view.ts'
import { type NewEvent, type RegionCluster, Telemetry } from '../../telemetry/index.ts'
import { clusterRegions } from '../../translate/services.ts'
import { LoadReporting, loadReportingPath, type XdsEvent, type XdsServer } from '../../xds/index.ts'
import { Intents, type Question } from './intents.ts'
import { memberEvents, type Troubles, troublesOf } from './member-events.ts'
import { meshEvents } from './mesh-events.ts'
import { ProxyEvents } from './proxy-events.ts'
import { RegionMemory } from './region-memory.ts'
import { TelemetryFile } from './state.ts'

export interface TelemetryPartOptions {
  readonly builder: MeshBuilder
  readonly clock: Clock
  readonly log: Log
  readonly maxStreamAgeMs?: number
  /** Milliseconds between two load reports of a proxy; default 2,000. */
  readonly loadIntervalMs?: number
  /** Where the timeline survives a restart; without it it does not. */
  readonly stateFile?: string
  /** Every MemberCluster, as last seen. */
  readonly members?: () => readonly MemberCluster[]
  /** Who wrote an object, where that can be asked. */
  readonly author?: (origin: Origin) => Promise<string | undefined>
}

/** Milliseconds between two looks at the regions. */
const judgeMs = 1_000
/** Milliseconds that changes of the mesh are gathered before they are told of. */
const gatherMs = 50

/** Telemetry as the running control plane has it: fed by proxies' reports, the mesh's changes and the discovery server. */
export class TelemetryPart {
  readonly telemetry: Telemetry
  readonly reporting: LoadReporting
  readonly #options: TelemetryPartOptions
  readonly #memory = new RegionMemory()
  readonly #intents = new Intents()
  readonly #proxies: ProxyEvents
  readonly #file: TelemetryFile | undefined
  /** The mesh whose events have been told; undefined before the first whole one. */
  #told: Mesh | undefined
  #changes: MeshChange[] = []
  #troubles: Troubles = new Map()
  #judged: { readonly mesh: Mesh; readonly reports: number } | undefined
  #unsubscribe = () => {}
  #cancel = () => {}

  constructor(options: TelemetryPartOptions) {
    this.#options = options
    const { builder, clock, log, stateFile, maxStreamAgeMs, loadIntervalMs } = options
    this.#file = stateFile ? new TelemetryFile(stateFile, clock, log) : undefined
    this.reporting = new LoadReporting({
      clock,
      ...(maxStreamAgeMs !== undefined && { maxStreamAgeMs }),
      ...(loadIntervalMs !== undefined && { intervalMs: loadIntervalMs }),
      onReport: report => this.telemetry.report(report, this.#regionOf(report.node), workloadName(report.node)),
    })
    this.telemetry = new Telemetry({
      now: () => clock.now(),
      intervalMs: () => this.reporting.intervalMs,
      regions: {
        regions: () => this.#regions(),
        clusters: () => this.#clusters(),
        intents: measured => this.#intents.of(builder.mesh, this.#questions(measured), host => this.#memory.of(host)),
        servicesIn: (region, only) => this.#memory.count(region, only),
      },
    })
    this.#proxies = new ProxyEvents({
      clock,
      regionOf: node => this.#regionOf(node),
      known: node => workloadOf(node, builder.mesh) !== undefined,
      tell: event => this.event(event),
    })
  }

  /** Offers load reporting on the discovery server. Before it listens. */
  register(server: XdsServer): void {
    server.register(loadReportingPath, this.reporting.method)
  }

  /** An event of the discovery server. */
  xds(event: XdsEvent): void {
    this.#proxies.event(event)
  }

  /** Something happened elsewhere. */
  event(event: NewEvent): void {
    this.telemetry.event(event)
    this.#save()
  }

  /** The mesh is whole: from now on its changes are events, and its regions are judged. */
  async begin(): Promise<void> {
    const { builder } = this.#options
    const before = await this.#file?.load()
    if (before) {
      this.telemetry.timeline.restore(before.events)
      this.#memory.restore(before.regions)
    }
    const { mesh } = builder
    const clusters = [...mesh.clusters.keys()].sort()
    const where = clusters.length > 0 ? ` in ${clusters.join(', ')}` : ''
    this.event({
      kind: 'control-plane',
      severity: 'info',
      regions: [],
      text: `control plane started: ${mesh.services.size} services${where}`,
    })
    this.#told = mesh
    this.#memory.follow(mesh)
    this.#unsubscribe = builder.subscribe((_mesh, changes) => this.#gather(changes))
    this.#look()
  }

  async stop(): Promise<void> {
    this.#unsubscribe()
    this.#cancel()
    if (this.#told)
      this.event({
        kind: 'control-plane',
        severity: 'info',
        regions: [],
        text: 'control plane stopped; proxies keep what they have',
      })
    await this.#file?.flush()
  }

  /** Proxies come first: what changed is told of a moment later, all of that moment together. */
  #gather(changes: readonly MeshChange[]): void {
    const waiting = this.#changes.length > 0
    for (const change of changes) if (change.kind !== 'findings') this.#changes.push(change)
    if (waiting || this.#changes.length === 0) return
    this.#options.clock.after(gatherMs, () => {
      const { mesh } = this.#options.builder
      const gathered = this.#changes
      const before = this.#told ?? mesh
      this.#changes = []
      this.#told = mesh
      this.#memory.follow(mesh, hostsOf(gathered))
      for (const { event, written } of meshEvents(before, mesh, gathered)) this.#tell(event, written)
    })
  }

  #tell(event: NewEvent, written: Origin | undefined): void {
    const { author, clock } = this.#options
    if (!written || !author) {
      this.event(event)
      return
    }
    const at = clock.now()
    void author(written).then(who => this.event({ ...event, at, ...(who && { who }) }))
  }

  #look(): void {
    const { builder, clock, log } = this.#options
    const { mesh } = builder
    const began = clock.now()
    const reports = this.telemetry.load.reports
    this.#lookAtMembers()
    const restless = this.telemetry.regionStates().some(region => region.state !== 'normal')
    if (restless || this.#judged?.mesh !== mesh || this.#judged.reports !== reports) {
      this.#judged = { mesh, reports }
      const last = this.telemetry.timeline.last
      try {
        this.telemetry.judge()
      } catch (error) {
        log.error({ err: error }, 'the regions could not be judged')
      }
      if (this.telemetry.timeline.last !== last) this.#save()
    }
    // Thousands of services may be lost at once: judging them never takes more than a twentieth of the time.
    const took = clock.now() - began
    this.#cancel = clock.after(Math.max(judgeMs, 20 * took), () => this.#look())
  }

  #lookAtMembers(): void {
    const { members } = this.#options
    if (!members) return
    const troubles = troublesOf(members())
    for (const event of memberEvents(this.#troubles, troubles)) this.event(event)
    this.#troubles = troubles
  }

  #questions(measured: readonly Question[]): readonly Question[] {
    const suspects = [...this.#memory.suspects].flatMap(([service, regions]) =>
      regions.map(region => ({ service, region, subset: '', role: 'sidecar' as const })),
    )
    return [...suspects, ...measured.filter(q => this.#memory.of(q.service).has(q.region))]
  }

  #regions(): readonly string[] {
    return [...new Set([...clusterRegions(this.#options.builder.mesh.clusters), ...this.#memory.regions])].sort()
  }

  #clusters(): readonly RegionCluster[] {
    const now = this.#options.clock.now()
    return [...this.#options.builder.mesh.clusters.values()].map(({ name, region, stale, lastContact }) => ({
      ...{ name, region, stale },
      silentMs: Math.max(0, now - lastContact),
    }))
  }

  #regionOf(node: ProxyNode): string {
    return viewOf(node, this.#options.builder.mesh).locality.region
  }

  #save(): void {
    this.#file?.save(() => ({ events: this.telemetry.timeline.all, regions: this.#memory.toJson() }))
  }
}

/** Services that changes are about; undefined where they may be about any. */
function hostsOf(changes: readonly MeshChange[]): ReadonlySet<string> | undefined {
  if (changes.some(c => c.kind === 'clusters')) return undefined
  return new Set(changes.flatMap(c => (c.kind === 'endpoints' || c.kind === 'services' ? [...c.hostnames] : [])))
}

/** The workload a proxy belongs to, by Istio's labels. */
function workloadName({ labels, pod }: ProxyNode): string {
  return labels['service.istio.io/canonical-name'] ?? labels.app ?? pod
}
