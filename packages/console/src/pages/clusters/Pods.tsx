import type { PodRow } from '@isthmus/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../api/queries.ts'
import { useFilters } from '../../app/useFilters.ts'
import { DataState } from '../../components/DataState.tsx'
import { type Column, DataTable } from '../../components/DataTable.tsx'
import { GuardedButton } from '../../components/GuardedButton.tsx'
import { Panel } from '../../components/Panel.tsx'
import { SearchField } from '../../components/SearchField.tsx'
import { TimeAgo } from '../../components/TimeAgo.tsx'
import { ToneBadge } from '../../components/ToneBadge.tsx'
import styles from './Clusters.module.css'
import { PodLogs } from './PodLogs.tsx'

/** Pods, whether they have a sidecar, and their logs. */
export function Pods({ cluster }: { cluster: string }) {
  const { t } = useTranslation()
  const [{ search }, setFilters] = useFilters({ tab: 'pods', search: '' })
  const pods = useApi('listPods', { params: { cluster }, query: { search, limit: 1000 } })
  const [shown, setShown] = useState<PodRow>()
  const columns: readonly Column<PodRow>[] = [
    {
      id: 'name',
      header: t('clusters.pod'),
      cell: row => (
        <span className={styles.name}>
          {row.name} <span className={styles.dim}>{row.namespace}</span>
        </span>
      ),
    },
    {
      id: 'state',
      header: t('clusters.state'),
      width: '150px',
      cell: row => (
        <ToneBadge tone={row.ready ? 'ok' : 'failed'}>
          {row.reason ?? (row.ready ? t('clusters.ready') : row.phase)}
        </ToneBadge>
      ),
    },
    {
      id: 'sidecar',
      header: t('clusters.sidecar'),
      width: '90px',
      cell: row => (row.sidecar ? t('clusters.yes') : t('clusters.no')),
    },
    { id: 'node', header: t('clusters.node'), width: '170px', cell: row => row.node },
    { id: 'address', header: t('clusters.address'), width: '120px', cell: row => row.address },
    { id: 'restarts', header: t('clusters.restarts'), width: '90px', align: 'right', cell: row => row.restarts },
    {
      id: 'age',
      header: t('clusters.started'),
      width: '100px',
      align: 'right',
      cell: row => row.startedAt && <TimeAgo at={Date.parse(row.startedAt)} />,
    },
    {
      id: 'logs',
      header: '',
      width: '80px',
      align: 'right',
      cell: row => (
        <GuardedButton
          action="readLogs"
          size="compact-sm"
          variant="default"
          aria-label={t('clusters.logsOf', { pod: row.name })}
          onClick={() => setShown(row)}
        >
          {t('clusters.logs')}
        </GuardedButton>
      ),
    },
  ]
  return (
    <Panel
      flush
      title={t('clusters.tabs.pods')}
      aside={<SearchField value={search} onChange={text => setFilters({ search: text }, { replace: true })} />}
    >
      <DataState query={pods} rows={6}>
        {data => (
          <DataTable
            label={t('clusters.tabs.pods')}
            columns={columns}
            rows={data.pods}
            total={data.total}
            keyOf={row => `${row.namespace}/${row.name}`}
          />
        )}
      </DataState>
      {shown && <PodLogs cluster={cluster} pod={shown} onClose={() => setShown(undefined)} />}
    </Panel>
  )
}
