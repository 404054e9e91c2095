import 'uplot/dist/uPlot.min.css'
import { useElementSize } from '@mantine/hooks'
import { useEffect, useRef } from 'react'
import UPlot from 'uplot'
import type { TimeChartProps } from '../components/TimeChart.tsx'

/** uPlot in the page's colours. */
export default function TimeCanvas({ label, times, lines, format, height = 180 }: TimeChartProps) {
  const { ref, width } = useElementSize()
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<UPlot>(undefined)
  const data = useRef<UPlot.AlignedData>([[]])
  data.current = [times.map(at => at / 1000), ...lines.map(line => [...line.values])]
  const looks = useRef({ lines, format })
  looks.current = { lines, format }

  useEffect(() => {
    if (width === 0) return
    const style = getComputedStyle(document.documentElement)
    const css = (color: string) =>
      color.replace(/var\((--[\w-]+)\)/g, (_, name: string) => style.getPropertyValue(name))
    const axis = {
      stroke: css('var(--i-ink-3)'),
      grid: { stroke: css('var(--i-line)'), width: 1 },
      ticks: { show: false },
      font: '12px system-ui',
    }
    const made = new UPlot(
      {
        width,
        height,
        legend: { show: false },
        cursor: { drag: { x: false, y: false } },
        scales: { y: { range: (_, _min, max) => [0, Math.max(max * 1.1, 0.1)] } },
        axes: [
          {
            ...axis,
            size: 30,
            values: (_, ticks) => ticks.map(at => new Date(at * 1000).toTimeString().slice(0, 8)),
            space: 90,
          },
          { ...axis, values: (_, ticks) => ticks.map(value => looks.current.format(value)), size: 78 },
        ],
        series: [
          {},
          ...looks.current.lines.map(line => ({
            label: line.label,
            stroke: css(line.color),
            width: 2,
            points: { show: false },
            spanGaps: false,
            ...(line.dashed && { dash: [6, 4] }),
          })),
        ],
      },
      data.current,
      place.current as HTMLElement,
    )
    plot.current = made
    return () => {
      plot.current = undefined
      made.destroy()
    }
  }, [width, height])

  useEffect(() => {
    if (times.length > 0) plot.current?.setData(data.current)
  }, [times])

  return (
    <div ref={ref}>
      <div ref={place} role="img" aria-label={label} />
    </div>
  )
}
