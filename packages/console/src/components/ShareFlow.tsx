import { useTranslation } from 'react-i18next'
import { useRegionColor } from '../app/Regions.tsx'
import { percent } from '../format/figures.ts'
import styles from './ShareFlow.module.css'

export interface Share {
  readonly source: string
  readonly destination: string
  readonly percent: number
  /** Drawn strongly; the rest steps back. */
  readonly changed?: boolean
}

const rowHeight = 74
const barHeight = 46
const barWidth = 10

/** Sources left, destinations right; a band's thickness is its part of the source's requests. */
export function ShareFlow({
  shares,
  regions,
  label,
}: {
  shares: readonly Share[]
  regions: readonly string[]
  label: string
}) {
  const { t } = useTranslation()
  const color = useRegionColor()
  const width = 420
  const [left, right] = [118, width - 118]
  const height = regions.length * rowHeight
  const top = (i: number) => i * rowHeight + (rowHeight - barHeight) / 2
  const anyChanged = shares.some(s => s.changed)
  const out = new Map<string, number>()
  const incoming = new Map<string, number>()
  const total = new Map(
    regions.map(r => [r, shares.filter(s => s.destination === r).reduce((n, s) => n + s.percent, 0)]),
  )
  // A destination may serve more than one source: its bands are drawn to fit its bar.
  const most = Math.max(100, ...total.values())
  const bands = regions.flatMap((source, i) =>
    regions.flatMap((destination, j) => {
      const share = shares.find(s => s.source === source && s.destination === destination)
      if (!share || share.percent <= 0) return []
      const thick = (share.percent / 100) * barHeight
      const thickIn = (share.percent / most) * barHeight
      const y0 = top(i) + (out.get(source) ?? 0)
      out.set(source, (out.get(source) ?? 0) + thick)
      const whole = ((total.get(destination) ?? 0) / most) * barHeight
      const y1 = top(j) + (barHeight - whole) / 2 + (incoming.get(destination) ?? 0)
      incoming.set(destination, (incoming.get(destination) ?? 0) + thickIn)
      return [{ share, y0, y1, thick, thickIn }]
    }),
  )
  const words = shares
    .filter(s => s.percent > 0)
    .map(s => `${s.source} → ${s.destination} ${percent(s.percent)}`)
    .join(', ')
  return (
    <svg viewBox={`0 0 ${width} ${height}`} className={styles.flow} role="img" aria-label={`${label}: ${words}`}>
      {bands.map(({ share, y0, y1, thick, thickIn }) => {
        const [x0, x1] = [left + barWidth, right - barWidth]
        const mid = (x0 + x1) / 2
        const d = `M${x0} ${y0} C${mid} ${y0} ${mid} ${y1} ${x1} ${y1} L${x1} ${y1 + thickIn} C${mid} ${y1 + thickIn} ${mid} ${y0 + thick} ${x0} ${y0 + thick} Z`
        return (
          <path
            key={`${share.source} ${share.destination}`}
            d={d}
            fill={color(share.source)}
            fillOpacity={anyChanged ? (share.changed ? 0.62 : 0.16) : 0.4}
          />
        )
      })}
      {bands.map(({ share, y0, y1, thick, thickIn }) => {
        if (!share.changed && share.source === share.destination && share.percent > 99.9) return null
        // Near the destination, where bands that cross have come apart.
        const place = share.source === share.destination ? 0.5 : 0.8
        return (
          <text
            key={`${share.source} ${share.destination}`}
            x={along(left + barWidth, right - barWidth, place, true)}
            y={along(y0 + thick / 2, y1 + thickIn / 2, place, false) + 4}
            textAnchor="middle"
            className={styles.figure}
          >
            {percent(share.percent)}
          </text>
        )
      })}
      {regions.map((region, i) => (
        <g key={region}>
          <rect x={left} y={top(i)} width={barWidth} height={barHeight} rx={3} fill={color(region)} />
          <rect x={right - barWidth} y={top(i)} width={barWidth} height={barHeight} rx={3} fill={color(region)} />
          <text x={left - 8} y={top(i) + barHeight / 2 + 4} textAnchor="end" className={styles.name}>
            {region || t('common.unknownRegion')}
          </text>
          <text x={right + 8} y={top(i) + barHeight / 2 + 4} className={styles.name}>
            {region || t('common.unknownRegion')}
          </text>
        </g>
      ))}
    </svg>
  )
}

/** Where a band is at a part of its way: its ends are level, so its two coordinates go differently. */
function along(from: number, to: number, at: number, horizontal: boolean): number {
  const back = 1 - at
  const mid = (from + to) / 2
  const [first, second] = horizontal ? [mid, mid] : [from, to]
  return from * back ** 3 + 3 * first * back ** 2 * at + 3 * second * back * at ** 2 + to * at ** 3
}
