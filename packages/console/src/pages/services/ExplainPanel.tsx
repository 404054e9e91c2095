import { Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../api/queries.ts'
import { DataState } from '../../components/DataState.tsx'
import { Panel } from '../../components/Panel.tsx'
import { RegionTag } from '../../components/RegionTag.tsx'
import { percent } from '../../format/figures.ts'
import styles from './ServicePage.module.css'

/** Why requests from a region go where they go, and what would change it. */
export function ExplainPanel(props: {
  service: string
  from: string
  regions: readonly string[]
  onFrom: (region: string) => void
}) {
  const { t } = useTranslation()
  const explanation = useApi('explain', {
    query: { service: props.service, from: props.from },
    enabled: props.from !== '',
  })
  return (
    <Panel
      title={t('services.explain')}
      aside={
        <Select
          aria-label={t('services.explainFrom')}
          w={170}
          data={[...props.regions]}
          value={props.from}
          onChange={from => from && props.onFrom(from)}
        />
      }
    >
      <DataState query={explanation}>
        {data => (
          <div className={styles.explain}>
            <p className={styles.summary}>{data.summary}</p>
            {data.decidedBy && (
              <p className={styles.quiet}>
                {t('services.decidedBy')} {data.decidedBy}
              </p>
            )}
            <table className={styles.small}>
              <thead>
                <tr>
                  <th scope="col">{t('services.priority')}</th>
                  <th scope="col">{t('services.locality')}</th>
                  <th scope="col">{t('services.healthy')}</th>
                  <th scope="col">{t('services.gets')}</th>
                </tr>
              </thead>
              <tbody>
                {data.destinations.map(d => (
                  <tr key={`${d.priority} ${d.locality.region}/${d.locality.zone}/${d.locality.subzone}`}>
                    <td>{d.priority}</td>
                    <td>
                      <RegionTag region={d.locality.region} quiet />{' '}
                      <span className={styles.quiet}>
                        {[d.locality.zone, d.locality.subzone].filter(Boolean).join('/')}
                      </span>
                    </td>
                    <td>{t('common.of', { part: d.healthy, all: d.endpoints })}</td>
                    <td>
                      <b>{percent(d.percent)}</b>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            {data.reasons.length > 0 && (
              <>
                <h3>{t('services.why')}</h3>
                <ul>
                  {data.reasons.map(reason => (
                    <li key={reason}>{reason}</li>
                  ))}
                </ul>
              </>
            )}
            {data.changes.length > 0 && (
              <>
                <h3>{t('services.wouldChange')}</h3>
                <ul>
                  {data.changes.map(change => (
                    <li key={change}>{change}</li>
                  ))}
                </ul>
              </>
            )}
          </div>
        )}
      </DataState>
    </Panel>
  )
}
