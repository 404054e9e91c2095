import type { Event, EventList } from '@isthmus/api'

/** An event as it is told; its number and time are the timeline's. */
export type NewEvent = Omit<Event, 'id' | 'at'> & { readonly at?: number }

export interface EventQuery {
  /** Only events with a greater id. */
  readonly since?: number
  /** Only events with a smaller id. */
  readonly before?: number
  readonly region?: string
  readonly service?: string
  readonly kind?: string
  /** Default 200. */
  readonly limit?: number
}

/**
 * What happened, in order, the last `limit` of it. Ids grow with time also over a restart: an id is the time in
 * milliseconds at which it was told, or one more than the id before.
 */
export class Timeline {
  readonly #limit: number
  readonly #now: () => number
  #events: Event[] = []
  #last = 0
  #dropped = 0

  constructor(options: { readonly now: () => number; readonly limit?: number }) {
    this.#now = options.now
    this.#limit = options.limit ?? 5_000
  }

  /** Events of an earlier run come before those of this one; what is not an event is left out. */
  restore(events: readonly unknown[]): void {
    const sound = events.filter(isEvent).toSorted((a, b) => a.id - b.id)
    this.#events = [...sound, ...this.#events].slice(-this.#limit)
    this.#last = Math.max(this.#last, sound.at(-1)?.id ?? 0)
  }

  add(event: NewEvent): Event {
    const at = event.at ?? this.#now()
    const id = Math.max(this.#last + 1, Math.floor(this.#now()))
    const full = { ...event, id, at }
    this.#last = id
    this.#events.push(full)
    // A tenth at a time, so that a full timeline does not move all its events for each new one.
    if (this.#events.length > this.#limit * 1.1) {
      this.#dropped += this.#events.length - this.#limit
      this.#events = this.#events.slice(-this.#limit)
    }
    return full
  }

  /** The newest id; 0 where there is none. */
  get last(): number {
    return this.#last
  }

  /** All that is remembered, oldest first. */
  get all(): readonly Event[] {
    return this.#events.slice(-this.#limit)
  }

  /** Newest first. */
  list(query: EventQuery = {}): EventList {
    const { since = 0, before = Number.POSITIVE_INFINITY, region, service, kind, limit = 200 } = query
    const all = this.all
    const found: Event[] = []
    for (let i = all.length - 1; i >= 0 && found.length < limit; i--) {
      const event = all[i]!
      if (event.id <= since) break
      if (event.id >= before) continue
      if (region !== undefined && !event.regions.includes(region)) continue
      if (service !== undefined && event.service !== service) continue
      if (kind !== undefined && event.kind !== kind) continue
      found.push(event)
    }
    const oldest = all[0]?.id
    return {
      events: found,
      ...(oldest !== undefined && { oldest }),
      dropped: this.#dropped + (this.#events.length - all.length),
    }
  }
}

function isEvent(value: unknown): value is Event {
  const e = value as Partial<Event> | null
  return (
    typeof e === 'object' &&
    e !== null &&
    Number.isSafeInteger(e.id) &&
    Number.isFinite(e.at) &&
    typeof e.kind === 'string' &&
    typeof e.text === 'string' &&
    typeof e.severity === 'string' &&
    Array.isArray(e.regions)
  )
}
