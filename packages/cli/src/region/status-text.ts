import type { Flow, Overview } from '@isthmus/api/types.ts'
import { age, table } from '../output.ts'

/** Regions and their state, then requests from each to each. */
export function statusText({ at, regions, flows, attention }: Overview): string {
  if (regions.length === 0) return 'The mesh has no region yet. Add a cluster: isthmus cluster add NAME'
  const states = table(
    ['REGION', 'STATE', 'FOR', 'BASIS', 'HEALTHY', 'REQ/S', 'ERR/S', 'CAUSE'],
    regions.map(r => [
      r.region,
      r.state,
      age(r.since, at),
      r.basis,
      `${r.healthy}/${r.endpoints}${r.stale > 0 ? ` (${r.stale} stale)` : ''}`,
      rate(r.requestsPerSecond),
      rate(r.errorsPerSecond),
      r.cause,
    ]),
  )
  const names = flows.regions
  const matrix = table(
    ['FROM \\ TO', ...names],
    names.map(source => [
      source,
      ...names.map(destination => cell(flows.flows.find(f => f.source === source && f.destination === destination))),
    ]),
  )
  const measured = flows.measuredAt
    ? `measured over ${flows.windowSeconds} s, ${age(flows.measuredAt, at)} ago (meant)`
    : 'nothing measured yet (meant)'
  const wrong = attention.filter(a => a.severity === 'error').slice(0, 5)
  const notes =
    wrong.length > 0 ? `\n\n${wrong.map(a => `! ${a.text}${a.mend ? `\n  ${a.mend}` : ''}`).join('\n')}` : ''
  return `${states}\n\nRequests, ${measured}:\n${matrix}${notes}`
}

function cell(flow: Flow | undefined): string {
  if (!flow) return '-'
  const { measuredPercent, intendedPercent, requestsPerSecond } = flow
  const percent =
    measuredPercent === undefined ? '-' : `${Math.round(measuredPercent * 10) / 10}% ${rate(requestsPerSecond)}/s`
  return intendedPercent === undefined ? percent : `${percent} (${Math.round(intendedPercent * 10) / 10}%)`
}

function rate(perSecond: number): string {
  return perSecond >= 10 ? String(Math.round(perSecond)) : String(Math.round(perSecond * 100) / 100)
}
