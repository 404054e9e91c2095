import { checkTypes, type MemberCluster, memberKind } from '@isthmus/control-plane/members/resource.ts'
import { type ErrorCode, errors, IsthmusError } from '@isthmus/errors'
import type { Condition, KubeClient } from '@isthmus/kubernetes'

export interface WaitOptions {
  readonly name: string
  /** The generation that was asked for: what was found before does not count. */
  readonly generation: number
  readonly timeoutMs: number
  /** Hears each condition once it is known. */
  readonly onCondition: (condition: Condition) => void
}

/** Waits until the control plane has said whether a cluster joined. Throws what its diagnosis found, or ISM4014. */
export async function waitForMember(mesh: KubeClient, o: WaitOptions): Promise<MemberCluster> {
  const end = Date.now() + o.timeoutMs
  const said = new Set<string>()
  let last: Condition | undefined
  for (;;) {
    const member = await mesh.find<MemberCluster>(memberKind, { name: o.name })
    if (!member) throw new IsthmusError('ISM4013', `${o.name} was removed meanwhile`)
    const current = (member.status?.conditions ?? []).filter(c => (c.observedGeneration ?? 0) >= o.generation)
    const ready = current.find(c => c.type === 'Ready')
    const definite = ready?.status === 'True' || ready?.status === 'False'
    if (definite)
      for (const condition of inOrder(current))
        if (!said.has(condition.type)) {
          said.add(condition.type)
          o.onCondition(condition)
        }
    if (ready?.status === 'True') return member
    if (ready?.status === 'False') throw diagnosisError(ready)
    last = ready ?? last
    if (Date.now() > end)
      throw new IsthmusError(
        'ISM4014',
        `${o.name}: ${last?.message || 'the control plane has said nothing of it'} (after ${o.timeoutMs / 1000} s)`,
      )
    await new Promise(resolve => setTimeout(resolve, 250))
  }
}

/** The checks in their order, as far as they were made; that it joined comes last. */
function inOrder(conditions: readonly Condition[]): Condition[] {
  const joined = conditions.filter(c => c.type === 'Joined' && c.status === 'True')
  const checks = checkTypes.map(type => conditions.find(c => c.type === type && c.status !== 'Unknown'))
  return [...checks.filter(c => c !== undefined), ...joined]
}

/** The condition's message starts with its code: `ISM4003: …`. */
function diagnosisError({ message }: Pick<Condition, 'message'>): IsthmusError {
  const [, code, detail] = /^(ISM\d{4}): ([\s\S]*)$/.exec(message) ?? []
  return code && code in errors ? new IsthmusError(code as ErrorCode, detail!) : new IsthmusError('ISM4012', message)
}
