import type { Body, Preview } from '@isthmus/api'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { call } from '../../api/client.ts'
import { useLanguage } from '../../app/useLanguage.ts'
import { AsOf } from '../../components/AsOf.tsx'
import { FindingList, Notice } from '../../components/FindingList.tsx'
import { Loading } from '../../components/Loading.tsx'
import { Panel } from '../../components/Panel.tsx'
import { ProblemView } from '../../components/ProblemView.tsx'
import { RegionTag } from '../../components/RegionTag.tsx'
import { ShareFlow } from '../../components/ShareFlow.tsx'
import { ToneBadge } from '../../components/ToneBadge.tsx'
import { percent, rate } from '../../format/figures.ts'
import { shortHost } from '../../format/host.ts'
import type { Target } from '../../policy/commands.ts'
import { objectOf } from '../../policy/document.ts'
import styles from './Regional.module.css'

type Policy = Body<'previewRegionalTraffic'>['policy']

/** What a policy as it stands in the editor would come to: checks, and requests as they would move. */
export function PreviewPanel(props: {
  text: string
  valid: boolean
  dirty: boolean
  target: Target
  regions: readonly string[]
}) {
  const { t } = useTranslation()
  const [text] = useDebouncedValue(props.text, 250)
  const { service } = props.target
  const preview = useQuery({
    queryKey: ['preview', service ?? '', text],
    queryFn: ({ signal }) =>
      call('previewRegionalTraffic', {
        body: { policy: objectOf(text) as Policy, ...(service && { service }) },
        signal,
      }),
    enabled: props.valid,
    placeholderData: keepPreviousData,
    staleTime: 5000,
  })
  const { data, error } = preview
  return (
    <Panel
      title={props.dirty ? t('regional.preview') : t('regional.previewNow')}
      text={props.dirty ? t('regional.previewText') : t('regional.previewNowText')}
      aside={
        <>
          {props.dirty && data && (
            <ToneBadge tone={data.changedServices > 0 ? 'returning' : 'unknown'}>
              {t('regional.changedServices', { count: data.changedServices })}
            </ToneBadge>
          )}
          <AsOf at={data?.at} />
        </>
      }
    >
      {error && <ProblemView error={error} onRetry={() => void preview.refetch()} />}
      {!data && !error && <Loading rows={6} />}
      {data && <PreviewContent preview={data} regions={props.regions} dirty={props.dirty} />}
    </Panel>
  )
}

const moved = (m: Preview['moves'][number]) => Math.abs(m.afterPercent - m.beforePercent) > 0.05

function PreviewContent({ preview, regions, dirty }: { preview: Preview; regions: readonly string[]; dirty: boolean }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const all = [...new Set([...regions, ...preview.moves.flatMap(m => [m.source, m.destination])])]
  const shares = (which: 'beforePercent' | 'afterPercent') =>
    preview.moves.map(m => ({
      source: m.source,
      destination: m.destination,
      percent: m[which],
      changed: dirty && moved(m),
    }))
  const changes = preview.moves.filter(moved)
  return (
    <div className={styles.preview}>
      <figure className={styles.figure} data-alone={!dirty || undefined}>
        {dirty && <figcaption>{t('regional.before')}</figcaption>}
        <ShareFlow
          shares={shares('beforePercent')}
          regions={all}
          label={t('regional.diagram', { what: t('regional.before') })}
        />
      </figure>
      {dirty && (
        <figure className={styles.figure}>
          <figcaption>{t('regional.after')}</figcaption>
          <ShareFlow
            shares={shares('afterPercent')}
            regions={all}
            label={t('regional.diagram', { what: t('regional.after') })}
          />
        </figure>
      )}
      <div className={styles.side}>
        {dirty && (
          <>
            <h3 className={styles.sub}>{t('regional.moves')}</h3>
            {changes.length === 0 ? (
              <p className={styles.quiet}>{t('regional.noMoves')}</p>
            ) : (
              <ul className={styles.moves}>
                {changes.map(m => {
                  const delta =
                    m.beforeRequestsPerSecond !== undefined && m.afterRequestsPerSecond !== undefined
                      ? m.afterRequestsPerSecond - m.beforeRequestsPerSecond
                      : undefined
                  return (
                    <li key={`${m.source} ${m.destination}`}>
                      <span>
                        <RegionTag region={m.source} quiet /> → <RegionTag region={m.destination} quiet />
                      </span>
                      <span className="figure">
                        {percent(m.beforePercent)} → <b>{percent(m.afterPercent)}</b>
                        {delta !== undefined && (
                          <span className={styles.delta}>
                            {delta > 0 ? '+' : '−'}
                            {rate(Math.abs(delta), language)}
                          </span>
                        )}
                      </span>
                    </li>
                  )
                })}
              </ul>
            )}
          </>
        )}
        {preview.checks.length > 0 && <h3 className={styles.sub}>{t('regional.checks')}</h3>}
        {!preview.valid && <p className={styles.refused}>{t('regional.refused')}</p>}
        <div className={styles.checks}>
          {preview.checks.map(check =>
            check.ok ? (
              <div key={check.text} className={styles.passed}>
                <span aria-hidden>✓</span>
                <span>
                  <span className="visually-hidden">{t('regional.checkOk')}: </span>
                  {check.text}
                </span>
              </div>
            ) : (
              <Notice key={check.text} severity={check.severity}>
                {check.text}
              </Notice>
            ),
          )}
        </div>
        {dirty && preview.findings.length > 0 && <FindingList findings={preview.findings} />}
        {dirty && preview.services.length > 0 && (
          <details className={styles.details}>
            <summary>
              {t('regional.serviceChanges')} ({preview.services.length})
            </summary>
            <ul>
              {preview.services.slice(0, 200).map(row => (
                <li key={`${row.service} ${row.source}`}>
                  <b>{shortHost(row.service)}</b> <RegionTag region={row.source} quiet />
                  <div className={styles.quiet}>
                    {row.before} → {row.after}
                  </div>
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
    </div>
  )
}
