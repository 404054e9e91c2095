import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { useApi, useLive } from '../../api/queries.ts'
import { BasisMark } from '../../components/BasisMark.tsx'
import { DataState } from '../../components/DataState.tsx'
import { Empty } from '../../components/Empty.tsx'
import { PageFrame } from '../../components/PageFrame.tsx'
import { Panel } from '../../components/Panel.tsx'
import { AttentionList } from './AttentionList.tsx'
import { CountStrip } from './CountStrip.tsx'
import { FlowPicture } from './FlowPicture.tsx'
import styles from './Overview.module.css'
import { RegionCard } from './RegionCard.tsx'

/** The mesh at a glance: where requests go, how each region is, what needs attention. */
export default function OverviewPage() {
  const { t } = useTranslation()
  useLive('overview')
  const overview = useApi('getOverview')
  return (
    <PageFrame
      title={t('overview.title')}
      at={overview.data?.at}
      lead={overview.data && <CountStrip counts={overview.data.counts} />}
    >
      <DataState query={overview} rows={12}>
        {data =>
          data.regions.length === 0 ? (
            <Empty
              title={t('overview.noRegions')}
              text={t('overview.noRegionsText')}
              action={<Link href="/clusters">{t('overview.addCluster')}</Link>}
            />
          ) : (
            <div className={styles.grid}>
              <Panel
                className={styles.flows ?? ''}
                title={t('overview.flows')}
                text={
                  data.flows.measuredAt === undefined
                    ? t('overview.noReports')
                    : t('overview.flowsText', { window: data.flows.windowSeconds, report: data.flows.reportSeconds })
                }
                aside={
                  <>
                    <BasisMark basis="measured" />
                    <BasisMark basis="intended" />
                  </>
                }
                flush
              >
                <FlowPicture overview={data} />
              </Panel>
              <Panel className={styles.attention ?? ''} title={t('overview.attention')}>
                <AttentionList attention={data.attention} />
              </Panel>
              <section className={styles.regions} aria-label={t('overview.regions')}>
                {data.regions.map(region => (
                  <RegionCard key={region.region} status={region} overview={data} />
                ))}
              </section>
            </div>
          )
        }
      </DataState>
    </PageFrame>
  )
}
