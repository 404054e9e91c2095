import type { Delivered } from '../../xds/index.ts'
import type { Push } from './push.ts'
import type { PushLog } from './push-log.ts'

interface Owed {
  readonly push: Push
  /** True once something was sent since it was told of the push. */
  sent: boolean
}

/**
 * One proxy's stream on the pushes it still has to answer for. A response holds everything of its type up to the push it
 * was made after; so a push is answered once no response of it or an earlier one is under way, and nothing is held back.
 */
export class PushFollower {
  readonly #log: PushLog
  /** Oldest first. */
  #owed: Owed[] = []
  /** By type: the id of the push that the response under way was made after; infinite where none is. */
  readonly #underWay = new Map<string, number>()
  #answered = 0

  constructor(log: PushLog) {
    this.#log = log
  }

  /** Pushes not answered for. */
  get owed(): number {
    return this.#owed.length
  }

  told(): void {
    const push = this.#log.told()
    if (!push) return
    this.#owed.push({ push, sent: false })
    if (this.#owed.length <= this.#log.owedLimit) return
    const late = this.#owed.shift()!.push
    this.#log.lost(late)
    this.#log.observer?.overtaken(late)
  }

  hears(delivered: Delivered): void {
    if (delivered.kind === 'sent') this.#sent(delivered)
    else if (delivered.kind === 'answered') {
      this.#underWay.set(delivered.typeUrl, Number.POSITIVE_INFINITY)
      this.#answered = this.#log.now()
    } else if (!delivered.waiting && this.#owed.length > 0) this.#settle()
  }

  /** The stream has ended: nothing more is to be expected of it. */
  close(): void {
    for (const { push } of this.#owed.splice(0)) this.#log.lost(push)
  }

  #sent(delivered: Extract<Delivered, { kind: 'sent' }>): void {
    const now = this.#log.now()
    this.#underWay.set(delivered.typeUrl, this.#log.latest?.id ?? 0)
    const last = this.#owed.at(-1)
    this.#log.observer?.sent(delivered, last && now - last.push.heard)
    if (!last) return
    const newest = last.push
    for (const owed of this.#owed) {
      if (owed.sent && owed !== last) continue
      owed.sent = true
      owed.push.written = now
    }
    newest.responses++
    newest.resources += delivered.resources
    newest.removed += delivered.removed
    newest.bytes += delivered.bytes
  }

  #settle(): void {
    let before = Number.POSITIVE_INFINITY
    for (const id of this.#underWay.values()) if (id < before) before = id
    while (this.#owed.length > 0 && this.#owed[0]!.push.id < before) this.#finish(this.#owed.shift()!)
  }

  #finish({ push, sent }: Owed): void {
    if (sent) {
      push.answered = Math.max(push.answered, this.#answered)
      this.#log.observer?.reached(push, this.#answered - push.heard)
    }
    this.#log.release(push)
  }
}
