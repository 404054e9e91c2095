/** live: events come. connecting: not yet. lost: nobody answers since `lostAt`; what is shown is the last picture. */
export interface Connection {
  readonly state: 'live' | 'connecting' | 'lost'
  /** Milliseconds since the epoch of the last answer or event. */
  readonly heardAt?: number
  readonly lostAt?: number
}

type Listener = () => void

/** Whether the control plane answers, as requests and the event stream find it. */
export class ConnectionStore {
  #now: Connection = { state: 'connecting' }
  readonly #listeners = new Set<Listener>()

  readonly subscribe = (listener: Listener): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  readonly get = (): Connection => this.#now

  /** A request was answered, or an event came. */
  heard(at = Date.now()): void {
    // The time alone is no news: who shows an age reads it when it renders.
    if (this.#now.state === 'lost' || this.#now.heardAt === undefined) this.#set({ state: 'live', heardAt: at })
    else this.#now = { ...this.#now, heardAt: at }
  }
  opened(at = Date.now()): void {
    if (this.#now.state === 'live') this.#now = { state: 'live', heardAt: at }
    else this.#set({ state: 'live', heardAt: at })
  }
  failed(at = Date.now()): void {
    if (this.#now.state === 'lost') return
    this.#set({ state: 'lost', lostAt: at, ...(this.#now.heardAt !== undefined && { heardAt: this.#now.heardAt }) })
  }

  #set(next: Connection): void {
    this.#now = next
    for (const listener of this.#listeners) listener()
  }
}

export const connection = new ConnectionStore()
