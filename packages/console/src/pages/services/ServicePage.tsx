import { Group } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'wouter'
import { useApi, useLive } from '../../api/queries.ts'
import { useFilters } from '../../app/useFilters.ts'
import { CopyCommand } from '../../components/CopyCommand.tsx'
import { DataState } from '../../components/DataState.tsx'
import { FindingList } from '../../components/FindingList.tsx'
import { PageFrame } from '../../components/PageFrame.tsx'
import { Panel } from '../../components/Panel.tsx'
import { ToneBadge } from '../../components/ToneBadge.tsx'
import { shortHost } from '../../format/host.ts'
import { commandOf } from '../../format/shell.ts'
import { EndpointsPanel } from './EndpointsPanel.tsx'
import { ExplainPanel } from './ExplainPanel.tsx'
import { LatencyPanel } from './LatencyPanel.tsx'
import { PlanPanel } from './PlanPanel.tsx'
import { RulesPanel } from './RulesPanel.tsx'
import { SeriesPanel } from './SeriesPanel.tsx'
import styles from './ServicePage.module.css'

/** One service, whole: where its requests go from each region and why, its endpoints, rules and figures. */
export default function ServicePage() {
  const { t } = useTranslation()
  const { service = '' } = useParams<{ service: string }>()
  useLive('services', 'matrix')
  const [filters, setFilters] = useFilters({ from: '', region: '', window: '600' })
  const detail = useApi('getService', { params: { service } })
  const host = detail.data?.service.hostname ?? service
  const from = filters.from || detail.data?.matrix.regions[0] || ''
  return (
    <PageFrame
      title={shortHost(host)}
      at={detail.data?.at}
      lead={
        detail.data && (
          <span className={styles.lead}>
            {detail.data.service.ports.map(p => `${p.number} ${p.protocol}`).join(', ')}
            {detail.data.service.location === 'external' && (
              <ToneBadge tone="unknown">{t('services.external')}</ToneBadge>
            )}
          </span>
        )
      }
      actions={
        <Group gap={10}>
          <Link href={`/regional-traffic?service=${encodeURIComponent(host)}`}>{t('services.itsRules')}</Link>
          <CopyCommand commands={[commandOf('isthmus', 'region', 'explain', shortHost(host), '--from', from)]} />
        </Group>
      }
    >
      <DataState query={detail} rows={14}>
        {data => (
          <>
            {data.findings.length > 0 && (
              <Panel title={t('common.findings')}>
                <FindingList findings={data.findings} />
              </Panel>
            )}
            <div className={styles.two}>
              <PlanPanel detail={data} from={from} onFrom={next => setFilters({ from: next })} />
              <ExplainPanel
                service={host}
                from={from}
                regions={data.matrix.regions}
                onFrom={next => setFilters({ from: next })}
              />
            </div>
            <SeriesPanel service={host} window={filters.window} onWindow={window => setFilters({ window })} />
            <div className={styles.two}>
              <LatencyPanel service={host} />
              <RulesPanel detail={data} />
            </div>
            <EndpointsPanel
              endpoints={data.endpoints}
              region={filters.region}
              onRegion={region => setFilters({ region })}
              service={host}
            />
          </>
        )}
      </DataState>
    </PageFrame>
  )
}
