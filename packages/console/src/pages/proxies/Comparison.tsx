import { useTranslation } from 'react-i18next'
import { useApi } from '../../api/queries.ts'
import { AsOf } from '../../components/AsOf.tsx'
import { DataState } from '../../components/DataState.tsx'
import { Notice } from '../../components/FindingList.tsx'
import { Panel } from '../../components/Panel.tsx'
import styles from './Proxies.module.css'

/** What the proxy says it holds, beside what is meant for it. Asked for when somebody looks, for it costs the proxy work. */
export function Comparison({ proxy }: { proxy: string }) {
  const { t } = useTranslation()
  const compared = useApi('compareProxy', { params: { proxy } })
  return (
    <Panel flush title={t('proxies.comparison')} aside={<AsOf at={compared.data?.at} />}>
      <DataState query={compared} rows={4}>
        {data => {
          if (data.problem)
            return (
              <div className={styles.none}>
                <Notice severity="warning">{data.problem}</Notice>
              </div>
            )
          if (data.same) return <p className={styles.none}>{t('proxies.same')}</p>
          return data.differences.map(one => (
            <details key={`${one.type} ${one.name}`} className={styles.resource}>
              <summary>
                <b>{t(`proxies.difference.${one.kind}`)}</b> {one.type} {one.name}
              </summary>
              <div className={styles.sides}>
                <div>
                  <h4>{t('proxies.meant')}</h4>
                  <pre className={styles.config} tabIndex={0}>
                    {one.meant ?? '–'}
                  </pre>
                </div>
                <div>
                  <h4>{t('proxies.held')}</h4>
                  <pre className={styles.config} tabIndex={0}>
                    {one.held ?? '–'}
                  </pre>
                </div>
              </div>
            </details>
          ))
        }}
      </DataState>
    </Panel>
  )
}
