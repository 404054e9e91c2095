import type { Flow } from '@isthmus/api'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../api/queries.ts'
import { useRegionColor, useRegions } from '../../app/Regions.tsx'
import { useLanguage } from '../../app/useLanguage.ts'
import { AsOf } from '../../components/AsOf.tsx'
import { BasisMark } from '../../components/BasisMark.tsx'
import { DataState } from '../../components/DataState.tsx'
import { Panel } from '../../components/Panel.tsx'
import { RegionTag } from '../../components/RegionTag.tsx'
import { bits, percent, rate } from '../../format/figures.ts'
import styles from './MatrixPanel.module.css'

/** Source by destination: what is intended, what was measured, and the link between. */
export function MatrixPanel({ service }: { service: string }) {
  const { t } = useTranslation()
  const known = useRegions()
  const matrix = useApi('getMatrix', service ? { query: { service } } : {})
  return (
    <DataState query={matrix} rows={5}>
      {data => {
        const regions = data.regions.length > 0 ? data.regions : known
        return (
          <Panel
            title={t('regional.matrix')}
            text={
              data.measuredAt === undefined
                ? t('regional.matrixNever')
                : t('regional.matrixText', { window: data.windowSeconds })
            }
            aside={
              <>
                <BasisMark basis="measured" />
                <BasisMark basis="intended" />
                <AsOf at={data.measuredAt ?? data.at} />
              </>
            }
            flush
          >
            <div className={styles.scroll} tabIndex={0} role="region" aria-label={t('regional.matrix')}>
              <table className={styles.matrix}>
                <thead>
                  <tr>
                    <th scope="col" className={styles.corner}>
                      {t('regional.source')}
                    </th>
                    {regions.map(region => (
                      <th key={region} scope="col">
                        <RegionTag region={region} />
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {regions.map(source => (
                    <tr key={source}>
                      <th scope="row">
                        <RegionTag region={source} />
                      </th>
                      {regions.map(destination => (
                        <td key={destination} data-own={source === destination || undefined}>
                          <Cell flow={data.flows.find(f => f.source === source && f.destination === destination)} />
                        </td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </Panel>
        )
      }}
    </DataState>
  )
}

function Cell({ flow }: { flow: Flow | undefined }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const color = useRegionColor()
  if (!flow) return <span className={styles.none}>–</span>
  const { measuredPercent, intendedPercent, link } = flow
  const style = { '--c': color(flow.destination) } as React.CSSProperties
  return (
    <div className={styles.cell} style={style}>
      <div className={styles.line}>
        <span className={styles.big}>{measuredPercent === undefined ? '–' : percent(measuredPercent)}</span>
        <span className={styles.rate}>{rate(flow.requestsPerSecond, language)}</span>
      </div>
      <div className={styles.track} aria-hidden>
        <span className={styles.measured} style={{ width: `${measuredPercent ?? 0}%` }} />
        {intendedPercent !== undefined && <span className={styles.intended} style={{ width: `${intendedPercent}%` }} />}
      </div>
      <div className={styles.small}>
        <span>
          {t('common.intended')} {intendedPercent === undefined ? t('regional.varies') : percent(intendedPercent)}
        </span>
        {flow.errorsPerSecond > 0 && (
          <span className={styles.errors}>
            {t('overview.errors')} {rate(flow.errorsPerSecond, language)}
          </span>
        )}
      </div>
      {link && (link.usedBitsPerSecond !== undefined || link.limitBitsPerSecond !== undefined) && (
        <div className={styles.small} data-full={isFull(link) || undefined}>
          {linkText(t, link)}
        </div>
      )}
    </div>
  )
}

/** What is known of use and limit; what is not is not made up. */
function linkText(
  t: TFunction,
  { usedBitsPerSecond: used, limitBitsPerSecond: limit }: NonNullable<Flow['link']>,
): string {
  if (limit === undefined) return t('regional.linkUsed', { used: bits(used ?? 0) })
  if (used === undefined) return t('regional.linkLimit', { limit: bits(limit) })
  return t('regional.link', { used: bits(used), limit: bits(limit) })
}

const isFull = ({ usedBitsPerSecond: used, limitBitsPerSecond: limit }: NonNullable<Flow['link']>) =>
  used !== undefined && limit !== undefined && used > limit * 0.8
