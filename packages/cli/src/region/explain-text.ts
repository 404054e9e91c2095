import type { Explanation } from '@isthmus/control-plane/regions/index.ts'
import { table } from '../output.ts'

/** An explanation for people: where requests go, why, and what would change it. */
export function explainText(e: Explanation): string {
  const rows = e.destinations.map(d => [
    [d.locality.region || 'unknown', d.locality.zone, d.locality.subzone].filter(Boolean).join('/'),
    `${Math.round(d.percent * 100) / 100}%`,
    `${d.healthy}/${d.endpoints}`,
    String(d.priority),
    d.weight === undefined ? '-' : String(d.weight),
  ])
  const parts = [
    `${e.service} from ${e.from || 'an unknown region'}, as a ${e.role} sees it\n\n  ${e.summary}`,
    rows.length > 0 ? table(['LOCALITY', 'SHARE', 'HEALTHY', 'PRIORITY', 'WEIGHT'], rows) : '',
    section('Why', e.reasons),
    section('What would change it', e.changes),
    section(
      'Also',
      e.findings.filter(f => f.severity !== 'info').map(f => `${f.message} (${f.code})`),
    ),
  ]
  return parts.filter(Boolean).join('\n\n')
}

function section(title: string, lines: readonly string[]): string {
  return lines.length > 0 ? `${title}\n${lines.map(line => `  - ${line}`).join('\n')}` : ''
}
