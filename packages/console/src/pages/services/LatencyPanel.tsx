import { useTranslation } from 'react-i18next'
import { useApi } from '../../api/queries.ts'
import { useLanguage } from '../../app/useLanguage.ts'
import { AsOf } from '../../components/AsOf.tsx'
import { DataState } from '../../components/DataState.tsx'
import { Panel } from '../../components/Panel.tsx'
import { RegionTag } from '../../components/RegionTag.tsx'
import { count, milliseconds } from '../../format/figures.ts'
import styles from './ServicePage.module.css'

/** What the proxies say when they are asked: latency, response codes, and whom they have ejected. */
export function LatencyPanel({ service }: { service: string }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const latency = useApi('getServiceLatency', { params: { service } })
  const ejections = useApi('getServiceEjections', { params: { service } })
  return (
    <Panel title={t('services.latency')} text={t('services.latencyText')} aside={<AsOf at={latency.data?.at} />}>
      <DataState query={latency}>
        {data => (
          <>
            <dl className={styles.figures}>
              {data.percentiles.map(p => (
                <div key={p.percentile}>
                  <dt>{t('services.percentile', { n: p.percentile })}</dt>
                  <dd>{milliseconds(p.milliseconds)}</dd>
                </div>
              ))}
              {data.responseCodes.map(code => (
                <div key={code.code}>
                  <dt>{code.code}</dt>
                  <dd data-bad={(code.code.startsWith('5') && code.requests > 0) || undefined}>
                    {count(code.requests, language)}
                  </dd>
                </div>
              ))}
            </dl>
            <Asked asked={data.asked} />
          </>
        )}
      </DataState>
      <h3 className={styles.sub}>{t('services.ejected')}</h3>
      <DataState query={ejections} rows={2}>
        {data => (
          <>
            {data.ejected.length === 0 ? (
              <p className={styles.quiet}>{t('services.noneEjected')}</p>
            ) : (
              <ul className={styles.list}>
                {data.ejected.map(e => (
                  <li key={`${e.proxy} ${e.address}`}>
                    <code>{e.address}</code> <RegionTag region={e.region} quiet />{' '}
                    <span className={styles.quiet}>{t('services.ejectedBy', { proxy: e.proxy })}</span>
                  </li>
                ))}
              </ul>
            )}
            <Asked asked={data.asked} />
          </>
        )}
      </DataState>
    </Panel>
  )
}

function Asked({ asked }: { asked: readonly { proxy: string; error?: string }[] }) {
  const { t } = useTranslation()
  const silent = asked.filter(a => a.error)
  return (
    <p className={styles.quiet}>
      {t('services.asked', { count: asked.length })}
      {silent.length > 0 && (
        <>
          {' · '}
          <span title={silent.map(a => `${a.proxy}: ${a.error}`).join('\n')} className={styles.warn}>
            {t('services.silent', { count: silent.length })}
          </span>
        </>
      )}
    </p>
  )
}
