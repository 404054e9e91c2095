import type { Controls } from './controls.ts'
import { type GatewayAddress, gatewayAddress, type ServiceList } from './gateway-address.ts'
import type { Narrator } from './narrator.ts'
import type { Check } from './report.ts'
import type { Tools } from './tools.ts'
import { type Seen, until } from './wait.ts'
import type { Place } from './world.ts'

/** What was really seen, and whether it is what was expected. */
export interface Observation {
  readonly observed: string
  readonly ok: boolean
}

/** One of the tutorial's steps. */
export interface Step {
  readonly number: number
  readonly title: string
  /** Does it and checks it; throws when it cannot go on. */
  run(scene: Scene): Promise<void>
}

/** What a step has at hand. */
export class Scene {
  readonly tools: Tools
  readonly narrator: Narrator
  readonly controls: Controls
  readonly #checks: Check[] = []
  readonly #gateways = new Map<string, GatewayAddress>()
  #step = 0

  constructor(tools: Tools, narrator: Narrator, controls: Controls) {
    this.tools = tools
    this.narrator = narrator
    this.controls = controls
  }

  get checks(): readonly Check[] {
    return this.#checks
  }

  /** Carries a step out; what stops it counts as a check that failed. True: all of its checks are as expected. */
  async play(step: Step): Promise<boolean> {
    this.#step = step.number
    this.narrator.title(step.number, step.title)
    const first = this.#checks.length
    const began = performance.now()
    try {
      await step.run(this)
    } catch (error) {
      this.#record('the step can be carried out', 'nothing stops it', { ok: false, observed: message(error) }, began)
    }
    return this.#checks.slice(first).every(check => check.ok)
  }

  /** A step that could not be tried, because one it builds on failed. */
  skip(step: Step, why: string): void {
    this.#step = step.number
    this.narrator.title(step.number, step.title)
    this.#record('the step can be carried out', 'nothing stops it', { ok: false, observed: why }, performance.now())
  }

  /** Does something and looks; what it throws is what was observed. */
  async check(name: string, expected: string, act: () => Promise<Observation>): Promise<boolean> {
    const began = performance.now()
    let seen: Observation
    try {
      seen = await act()
    } catch (error) {
      seen = { ok: false, observed: message(error) }
    }
    this.#record(name, expected, seen, began)
    return seen.ok
  }

  /** Waits for something, saying so while it lasts. */
  wait<T>(what: string, seconds: number, look: () => Promise<Seen<T>>, everyMs?: number): Promise<T> {
    return until(what, look, { seconds, everyMs, progress: text => this.narrator.progress(text) })
  }

  /** Base URL of a cluster's ingress gateway, `http://ADDRESS`; waits for the address the first time. */
  async gateway(place: Place): Promise<string> {
    return (await this.#addresses(place)).http
  }

  /** The URL by which a DNS or traffic manager watches a cluster's gateway. */
  async health(place: Place): Promise<string> {
    const { http, health } = await this.#addresses(place)
    return `${health ?? http}/healthz/ready`
  }

  async #addresses(place: Place): Promise<GatewayAddress> {
    const known = this.#gateways.get(place.cluster)
    if (known) return known
    const found = await this.wait(`an address of ${place.cluster}'s gateway`, 90, async () => {
      const words = '-n istio-system get services -l istio=ingressgateway -o json'
      const list = JSON.parse(await this.tools.kubectl(place.cluster, words, { show: false })) as ServiceList
      const address = gatewayAddress(list)
      return address === undefined ? { done: false, seen: 'none yet' } : { done: true, value: address }
    })
    this.#gateways.set(place.cluster, found)
    return found
  }

  #record(name: string, expected: string, { ok, observed }: Observation, began: number): void {
    const seconds = Math.round((performance.now() - began) / 100) / 10
    this.#checks.push({ step: this.#step, name, expected, observed, ok, seconds })
    this.narrator.result(ok, name, expected, observed, seconds)
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
