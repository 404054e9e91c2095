import type { ServiceDetail } from '@isthmus/api'
import { useTranslation } from 'react-i18next'
import { useLanguage } from '../../app/useLanguage.ts'
import { AsOf } from '../../components/AsOf.tsx'
import { BasisMark } from '../../components/BasisMark.tsx'
import { Panel } from '../../components/Panel.tsx'
import { RegionTag } from '../../components/RegionTag.tsx'
import { ShareBar } from '../../components/ShareBar.tsx'
import { percent, rate } from '../../format/figures.ts'
import styles from './ServicePage.module.css'

/** For each source region: what is intended, what is measured, and how far it is from leaving. */
export function PlanPanel(props: { detail: ServiceDetail; from: string; onFrom: (region: string) => void }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const { regions, matrix } = props.detail
  return (
    <Panel
      title={t('services.plan')}
      text={t('services.planText')}
      aside={
        <>
          <BasisMark basis="intended" />
          <BasisMark basis="measured" />
          <AsOf at={matrix.measuredAt ?? matrix.at} />
        </>
      }
    >
      <ul className={styles.plan}>
        {regions.sources.map((source, index) => {
          // What is measured is of the region, whoever sent it: it stands once.
          const first = regions.sources.findIndex(s => s.region === source.region) === index
          const flows = matrix.flows.filter(f => f.source === source.region && f.requestsPerSecond > 0)
          const all = flows.reduce((n, f) => n + f.requestsPerSecond, 0)
          const measured = flows.map(f => ({ region: f.destination, percent: (f.requestsPerSecond / all) * 100 }))
          return (
            <li key={`${source.region} ${source.role}`} data-chosen={source.region === props.from || undefined}>
              <div className={styles.planHead}>
                <button type="button" onClick={() => props.onFrom(source.region)}>
                  <RegionTag region={source.region} />
                </button>
                <span className={styles.quiet}>{t(`services.role.${source.role}`)}</span>
                <span className={styles.right}>
                  {source.leavesAfter === undefined ? '' : t('regional.leavesAfter', { count: source.leavesAfter })}
                </span>
              </div>
              <div className={styles.bars}>
                <ShareBar shares={source.shares} basis="intended" />
                <span className="figure">
                  {source.shares
                    .filter(s => s.percent > 0)
                    .map(s => `${percent(s.percent)} ${s.region || t('common.unknownRegion')}`)
                    .join(' · ')}
                </span>
              </div>
              {first && (
                <div className={styles.bars}>
                  <ShareBar shares={measured} basis="measured" />
                  <span className="figure">
                    {measured.length === 0
                      ? t('services.noRequests')
                      : `${measured.map(s => percent(s.percent)).join(' · ')} · ${rate(all, language)}`}
                  </span>
                </div>
              )}
            </li>
          )
        })}
      </ul>
    </Panel>
  )
}
