import type { MemberCluster } from '@isthmus/control-plane/members/resource.ts'
import { age, table } from '../output.ts'

/** One row for each member. `now` in milliseconds since the epoch. */
export function listText(members: readonly MemberCluster[], now: number): string {
  if (members.length === 0) return 'No member clusters. Add one: isthmus cluster add NAME'
  const head = ['NAME', 'REGION', 'READY', 'NODES', 'LAST CONTACT', 'MESSAGE']
  return table(
    head,
    [...members].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)).map(m => row(m, now)),
  )
}

function row(m: MemberCluster, now: number): string[] {
  const ready = m.status?.conditions?.find(c => c.type === 'Ready')
  const contact = Date.parse(m.status?.lastContact ?? '')
  const regions = m.status?.regions?.length ? m.status.regions.join(',') : (m.spec?.region ?? '')
  return [
    m.metadata.name,
    regions || 'unknown',
    ready?.status ?? 'Unknown',
    m.status?.nodes === undefined ? '' : String(m.status.nodes),
    Number.isNaN(contact) ? 'never' : age(contact, now),
    ready ? [ready.status === 'True' ? '' : ready.reason, ready.message].filter(Boolean).join(': ') : '',
  ]
}
