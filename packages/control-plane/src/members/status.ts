import { type Condition, type NewCondition, setCondition } from '@isthmus/kubernetes'
import type { Diagnosis } from './diagnosis.ts'
import type { MemberCluster, MemberStatus } from './resource.ts'

/** Where a member stands. */
export type Phase =
  /** Not joined yet, being looked at. */
  | { readonly kind: 'joining'; readonly message: string }
  /** Joined and answering. */
  | { readonly kind: 'ready' }
  /** Something is wrong. Joined members stay so: what is known of them is kept. */
  | { readonly kind: 'failed'; readonly reason: string; readonly message: string }
  | { readonly kind: 'leaving'; readonly message: string }

export interface StatusInput {
  readonly member: MemberCluster
  /** The generation that was looked at; the member may have a newer one by now. */
  readonly generation: number | undefined
  readonly phase: Phase
  readonly joined: boolean
  readonly diagnosis?: Diagnosis
  /** Milliseconds since the epoch. */
  readonly lastContact?: number
  readonly server?: string
  readonly now: number
}

/** The status to write. Pure; where nothing changed the conditions keep their identity. */
export function memberStatus(i: StatusInput): MemberStatus {
  const { facts } = i.diagnosis ?? {}
  const before = i.member.status ?? {}
  return {
    ...before,
    conditions: conditions(i),
    ...(i.lastContact ? { lastContact: new Date(i.lastContact).toISOString().replace(/\.\d+Z$/, 'Z') } : {}),
    ...(i.server ? { server: i.server } : {}),
    ...(facts
      ? {
          version: facts.version,
          nodes: facts.nodes,
          regions: [...facts.regions],
          podCIDRs: [...facts.podCIDRs],
          serviceCIDRs: [...facts.serviceCIDRs],
        }
      : {}),
  }
}

function conditions({ member, generation, phase, joined, diagnosis, now }: StatusInput): Condition[] {
  let all: Condition[] = member.status?.conditions ?? []
  const set = (c: NewCondition) => {
    all = setCondition(all, { ...c, observedGeneration: generation }, now)
  }
  for (const { type, status, reason, message } of diagnosis?.checks ?? []) set({ type, status, reason, message })
  set({
    type: 'Joined',
    status: joined ? 'True' : 'False',
    reason: joined ? 'Joined' : 'NotJoined',
    message: joined
      ? 'the mesh has an account and its webhook in the cluster'
      : 'nothing of the mesh is in the cluster yet',
  })
  set({ type: 'Ready', ...readyOf(phase, joined) })
  return all
}

function readyOf(phase: Phase, joined: boolean): Pick<NewCondition, 'status' | 'reason' | 'message'> {
  switch (phase.kind) {
    case 'ready':
      return { status: 'True', reason: 'Ready', message: '' }
    case 'joining':
      return { status: 'Unknown', reason: 'Joining', message: phase.message }
    case 'leaving':
      return { status: 'False', reason: 'Leaving', message: phase.message }
    case 'failed': {
      const kept = joined ? ' (its last known state is in force)' : ''
      return { status: 'False', reason: phase.reason, message: phase.message + kept }
    }
  }
}
