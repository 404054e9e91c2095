import { SegmentedControl } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../api/queries.ts'
import { useRegionColor } from '../../app/Regions.tsx'
import { useLanguage } from '../../app/useLanguage.ts'
import { AsOf } from '../../components/AsOf.tsx'
import { DataState } from '../../components/DataState.tsx'
import { Panel } from '../../components/Panel.tsx'
import { TimeChart } from '../../components/TimeChart.tsx'
import { rate } from '../../format/figures.ts'
import styles from './ServicePage.module.css'

/** Requests and errors over time, a line for each way between regions. */
export function SeriesPanel(props: { service: string; window: string; onWindow: (window: string) => void }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const color = useRegionColor()
  const series = useApi('getServiceSeries', {
    params: { service: props.service },
    query: { window: Number(props.window) || 600 },
  })
  const format = (value: number) => rate(value, language)
  return (
    <Panel
      title={t('services.overTime')}
      text={t('services.overTimeText')}
      aside={
        <>
          <SegmentedControl
            aria-label={t('services.window')}
            value={props.window}
            onChange={props.onWindow}
            data={[
              { value: '120', label: '2 min' },
              { value: '600', label: '10 min' },
              { value: '3600', label: '1 h' },
            ]}
          />
          <AsOf at={series.data?.times.at(-1)} />
        </>
      }
    >
      <DataState query={series}>
        {data =>
          data.lines.length === 0 ? (
            <p className={styles.quiet}>{t('services.noRequests')}</p>
          ) : (
            <div className={styles.charts}>
              <TimeChart
                label={t('services.requests')}
                times={data.times}
                format={format}
                height={200}
                lines={data.lines.map(line => ({
                  label: `${line.source || '?'} → ${line.destination || '?'}`,
                  color: color(line.source),
                  dashed: line.source !== line.destination,
                  values: line.requestsPerSecond,
                }))}
              />
              <TimeChart
                label={t('services.errors')}
                times={data.times}
                format={format}
                height={200}
                lines={[
                  {
                    label: t('services.errors'),
                    color: 'var(--i-failed)',
                    values: data.times.map((_, i) => {
                      const known = data.lines.map(l => l.errorsPerSecond[i]).filter(v => typeof v === 'number')
                      return known.length === 0 ? null : known.reduce((a, b) => a + b, 0)
                    }),
                  },
                ]}
              />
            </div>
          )
        }
      </DataState>
    </Panel>
  )
}
