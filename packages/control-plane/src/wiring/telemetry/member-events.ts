import type { MemberCluster } from '../../members/index.ts'
import type { NewEvent } from '../../telemetry/index.ts'

/** What is wrong with member clusters, as their Ready condition says; reason '' while nothing is. By name. */
export type Troubles = ReadonlyMap<
  string,
  { readonly region: string; readonly reason: string; readonly message: string }
>

export function troublesOf(members: readonly MemberCluster[]): Troubles {
  return new Map(
    members.map(({ metadata, spec, status }) => {
      const ready = status?.conditions?.find(c => c.type === 'Ready')
      const bad = ready?.status === 'False' && ready.reason !== 'Leaving'
      const [reason, message] = bad ? [ready.reason ?? 'NotReady', ready.message ?? ''] : ['', '']
      return [metadata.name, { region: status?.regions?.[0] ?? spec.region ?? '', reason, message }]
    }),
  )
}

/** Clusters that have come to fail, fail otherwise, or are well again. Pure. */
export function memberEvents(before: Troubles, after: Troubles): readonly NewEvent[] {
  return [...after].flatMap(([name, { region, reason, message }]) => {
    // Messages may hold figures that change every second.
    if ((before.get(name)?.reason ?? '') === reason) return []
    return [
      {
        kind: 'cluster',
        severity: reason === '' ? 'info' : 'error',
        regions: region ? [region] : [],
        object: { cluster: '', kind: 'MemberCluster', namespace: '', name },
        text: reason === '' ? `cluster ${name} is ready` : `cluster ${name} is not ready: ${reason}: ${message}`,
      } satisfies NewEvent,
    ]
  })
}
