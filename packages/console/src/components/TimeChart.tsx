import { useComputedColorScheme } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { Loading } from './Loading.tsx'
import styles from './TimeChart.module.css'

const Canvas = lazy(() => import('../charts/TimeCanvas.tsx'))

export interface ChartLine {
  readonly label: string
  /** CSS colour, variables allowed. */
  readonly color: string
  readonly dashed?: boolean
  /** As many as there are times; null where nothing was reported. */
  readonly values: readonly (number | null)[]
}

export interface TimeChartProps {
  readonly label: string
  /** Milliseconds since the epoch, growing. */
  readonly times: readonly number[]
  readonly lines: readonly ChartLine[]
  /** A value with its unit. */
  readonly format: (value: number) => string
  readonly height?: number
}

/** Lines over time with a legend that says the last values in words. */
export function TimeChart(props: TimeChartProps) {
  const scheme = useComputedColorScheme('light')
  return (
    <figure className={styles.chart} aria-label={props.label}>
      <div style={{ minHeight: props.height ?? 180 }}>
        <Suspense fallback={<Loading rows={4} />}>
          <Canvas key={`${scheme} ${props.lines.map(l => l.label).join()}`} {...props} />
        </Suspense>
      </div>
      <figcaption>
        <ul className={styles.legend}>
          {props.lines.map(line => {
            const last = line.values.findLast(v => v !== null)
            return (
              <li key={line.label}>
                <span
                  className={styles.mark}
                  data-dashed={line.dashed || undefined}
                  style={{ borderColor: line.color }}
                  aria-hidden
                />
                {line.label}
                <b className="figure">{last === undefined || last === null ? '–' : props.format(last)}</b>
              </li>
            )
          })}
        </ul>
      </figcaption>
    </figure>
  )
}
