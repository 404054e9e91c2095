import type { WorkloadRow } from '@isthmus/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { useApi } from '../../api/queries.ts'
import { useFilters } from '../../app/useFilters.ts'
import { DataState } from '../../components/DataState.tsx'
import { type Column, DataTable } from '../../components/DataTable.tsx'
import { GuardedButton } from '../../components/GuardedButton.tsx'
import { HealthBar } from '../../components/HealthBar.tsx'
import { Panel } from '../../components/Panel.tsx'
import { SearchField } from '../../components/SearchField.tsx'
import styles from './Clusters.module.css'
import { ScaleWorkload } from './ScaleWorkload.tsx'

/** Deployments and StatefulSets, with the means to scale them. */
export function Workloads({ cluster }: { cluster: string }) {
  const { t } = useTranslation()
  const [{ search }, setFilters] = useFilters({ tab: 'workloads', search: '' })
  const workloads = useApi('listWorkloads', { params: { cluster }, query: { search, limit: 1000 } })
  const [scaling, setScaling] = useState<WorkloadRow>()
  const columns: readonly Column<WorkloadRow>[] = [
    {
      id: 'name',
      header: t('clusters.workload'),
      cell: row => (
        <span className={styles.name}>
          <Link href={`/clusters/${encodeURIComponent(cluster)}?tab=pods&search=${encodeURIComponent(row.name)}`}>
            {row.name}
          </Link>{' '}
          <span className={styles.dim}>{row.namespace}</span>
        </span>
      ),
    },
    { id: 'kind', header: t('clusters.kind'), width: '120px', cell: row => row.kind },
    {
      id: 'ready',
      header: t('clusters.readyReplicas'),
      width: '150px',
      cell: row => (
        <>
          <HealthBar
            total={row.replicas}
            healthy={row.ready}
            label={t('common.of', { part: row.ready, all: row.replicas })}
          />
          <span className={styles.dim}>{t('common.of', { part: row.ready, all: row.replicas })}</span>
        </>
      ),
    },
    {
      id: 'images',
      header: t('clusters.images'),
      width: '34%',
      cell: row => <span className={`${styles.dim} ${styles.name}`}>{row.images.join(', ')}</span>,
    },
    {
      id: 'scale',
      header: '',
      width: '100px',
      align: 'right',
      cell: row => (
        <GuardedButton
          action="scaleWorkloads"
          size="compact-sm"
          variant="default"
          aria-label={t('clusters.scaleOf', { name: row.name })}
          onClick={() => setScaling(row)}
        >
          {t('clusters.scale')}
        </GuardedButton>
      ),
    },
  ]
  return (
    <Panel
      flush
      title={t('clusters.tabs.workloads')}
      aside={<SearchField value={search} onChange={text => setFilters({ search: text }, { replace: true })} />}
    >
      <DataState query={workloads} rows={6}>
        {data => (
          <DataTable
            label={t('clusters.tabs.workloads')}
            columns={columns}
            rows={data.workloads}
            total={data.total}
            keyOf={row => `${row.kind} ${row.namespace}/${row.name}`}
          />
        )}
      </DataState>
      {scaling && (
        <ScaleWorkload
          cluster={cluster}
          workload={scaling}
          onClose={() => {
            setScaling(undefined)
            void workloads.refetch()
          }}
        />
      )}
    </Panel>
  )
}
