import type { Flow, Overview } from '@isthmus/api'
import { useTranslation } from 'react-i18next'
import { useRegionColor } from '../../app/Regions.tsx'
import { useLanguage } from '../../app/useLanguage.ts'
import { stateColor } from '../../components/StateBadge.tsx'
import { percent, rate } from '../../format/figures.ts'
import styles from './FlowPicture.module.css'
import type { Placed, Point } from './layout.ts'

const radius = 36

/** Discs for regions and bands for requests between them. A band's width is measured; intended alone is an outline. */
export function Flows(props: {
  overview: Overview
  placed: readonly Placed[]
  box: { width: number; height: number }
}) {
  const { overview, placed } = props
  const { t } = useTranslation()
  const language = useLanguage()
  const color = useRegionColor()
  const at = new Map(placed.map(p => [p.region, p.at]))
  const between = overview.flows.flows.filter(
    f => f.source !== f.destination && at.has(f.source) && at.has(f.destination) && isShown(f),
  )
  const most = Math.max(...overview.flows.flows.map(f => f.requestsPerSecond), 0.001)
  return (
    <g>
      {placed.map(
        p =>
          p.anchor && (
            <g key={p.region}>
              <line x1={p.anchor.x} y1={p.anchor.y} x2={p.at.x} y2={p.at.y} className={styles.leader} />
              <circle cx={p.anchor.x} cy={p.anchor.y} r={3.5} fill={color(p.region)} />
            </g>
          ),
      )}
      {between.map(flow => (
        <Band
          key={`${flow.source} ${flow.destination}`}
          flow={flow}
          from={at.get(flow.source) as Point}
          to={at.get(flow.destination) as Point}
          width={2 + 16 * Math.sqrt(flow.requestsPerSecond / most)}
          color={color(flow.source)}
          text={t('overview.arrow', {
            source: flow.source,
            destination: flow.destination,
            rate: rate(flow.requestsPerSecond, language),
          })}
        />
      ))}
      {overview.regions.map(status => {
        const p = at.get(status.region)
        if (!p) return null
        const own = overview.flows.flows.find(f => f.source === status.region && f.destination === status.region)
        const within = overview.flows.measuredAt === undefined ? '–' : rate(own?.requestsPerSecond ?? 0, language)
        return (
          <g key={status.region} role="img" aria-label={t('overview.within', { region: status.region, rate: within })}>
            <circle
              cx={p.x}
              cy={p.y}
              r={radius}
              className={styles.disc}
              stroke={color(status.region)}
              strokeWidth={5}
            />
            <circle
              cx={p.x}
              cy={p.y}
              r={radius + 5}
              fill="none"
              stroke={stateColor(status.state)}
              strokeWidth={status.state === 'normal' ? 0 : 3}
              strokeDasharray="5 3"
            />
            <text
              x={p.x}
              y={p.y - 1}
              textAnchor="middle"
              className={styles.label}
              stroke="none"
              style={{ strokeWidth: 0 }}
            >
              {within.split(' ')[0]}
            </text>
            <text x={p.x} y={p.y + 13} textAnchor="middle" className={styles.small}>
              {within.split(' ')[1]}
            </text>
            <text x={p.x} y={p.y + radius + 22} textAnchor="middle" className={`${styles.label} ${styles.name}`}>
              {status.region}
            </text>
            <text
              x={p.x}
              y={p.y + radius + 38}
              textAnchor="middle"
              className={styles.label}
              style={{ fill: stateColor(status.state) }}
            >
              {t(`common.stateOf.${status.state}`)}
            </text>
          </g>
        )
      })}
      {between.map(flow => {
        const { mid, outward } = bend(at.get(flow.source) as Point, at.get(flow.destination) as Point)
        // Beside the band, on its outer side: between two bands there is room for neither's figures.
        const side = Math.abs(outward.x) < 0.3 ? 'middle' : outward.x < 0 ? 'end' : 'start'
        const share = flow.measuredPercent ?? flow.intendedPercent
        return (
          <text
            key={`${flow.source} ${flow.destination}`}
            x={mid.x + outward.x * 16}
            y={mid.y + outward.y * 16 + 4}
            textAnchor={side}
            className={styles.label}
            aria-hidden
          >
            {flow.requestsPerSecond > 0 ? rate(flow.requestsPerSecond, language) : ''}
            {share !== undefined && ` · ${percent(share)}`}
          </text>
        )
      })}
    </g>
  )
}

const isShown = (flow: Flow) => flow.requestsPerSecond > 0 || (flow.intendedPercent ?? 0) > 0

function Band(props: { flow: Flow; from: Point; to: Point; width: number; color: string; text: string }) {
  const { from, to, width, color, flow } = props
  const { path, tip, angle } = bend(from, to)
  const measured = flow.requestsPerSecond > 0
  const size = Math.max(9, width * 1.15)
  return (
    <g role="img" aria-label={props.text}>
      <title>{props.text}</title>
      <path
        d={path}
        className={styles.flow}
        stroke={color}
        strokeWidth={measured ? width : 2}
        strokeOpacity={measured ? 0.72 : 0.9}
        strokeDasharray={measured ? undefined : '6 5'}
      />
      <path
        d={`M0 0 L${-size} ${size * 0.62} L${-size} ${-size * 0.62} Z`}
        fill={color}
        transform={`translate(${tip.x} ${tip.y}) rotate(${(angle * 180) / Math.PI})`}
      />
    </g>
  )
}

/** A curve from disc to disc that leaves room for the one that comes the other way. */
function bend(from: Point, to: Point): { path: string; mid: Point; outward: Point; tip: Point; angle: number } {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const length = Math.hypot(dx, dy) || 1
  const lift = Math.min(70, length * 0.22)
  const control = { x: (from.x + to.x) / 2 + (dy / length) * lift, y: (from.y + to.y) / 2 - (dx / length) * lift }
  const edge = (p: Point, gap: number): Point => {
    const [ex, ey] = [control.x - p.x, control.y - p.y]
    const e = Math.hypot(ex, ey) || 1
    return { x: p.x + (ex / e) * gap, y: p.y + (ey / e) * gap }
  }
  const start = edge(from, radius + 4)
  const tip = edge(to, radius + 9)
  const angle = Math.atan2(tip.y - control.y, tip.x - control.x)
  const end = { x: tip.x - Math.cos(angle) * 8, y: tip.y - Math.sin(angle) * 8 }
  return {
    path: `M${start.x} ${start.y} Q${control.x} ${control.y} ${end.x} ${end.y}`,
    mid: { x: (start.x + 2 * control.x + end.x) / 4, y: (start.y + 2 * control.y + end.y) / 4 },
    outward: { x: dy / length, y: -dx / length },
    tip,
    angle,
  }
}
