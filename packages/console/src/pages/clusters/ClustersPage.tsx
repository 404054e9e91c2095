import type { ClusterRow } from '@isthmus/api'
import { useTranslation } from 'react-i18next'
import { useApi, useLive } from '../../api/queries.ts'
import { DataState } from '../../components/DataState.tsx'
import { type Column, DataTable } from '../../components/DataTable.tsx'
import { PageFrame } from '../../components/PageFrame.tsx'
import { Panel } from '../../components/Panel.tsx'
import { RegionTag } from '../../components/RegionTag.tsx'
import { TimeAgo } from '../../components/TimeAgo.tsx'

/** Member clusters with the age of their APIs' last word. */
export default function ClustersPage() {
  const { t } = useTranslation()
  useLive('clusters')
  const clusters = useApi('listClusters')
  const columns: readonly Column<ClusterRow>[] = [
    { id: 'name', header: t('clusters.name'), cell: row => row.name },
    { id: 'region', header: t('clusters.region'), cell: row => <RegionTag region={row.region} /> },
    { id: 'state', header: t('clusters.state'), cell: row => firstFault(row) ?? t('clusters.ready') },
    {
      id: 'contact',
      header: t('clusters.lastContact'),
      cell: row => (row.lastContact === undefined ? t('overview.noWord') : <TimeAgo at={row.lastContact} />),
    },
    { id: 'endpoints', header: t('clusters.endpoints'), align: 'right', cell: row => row.endpoints },
  ]
  return (
    <PageFrame title={t('pages.clusters')} at={clusters.data?.at}>
      <Panel title={t('pages.clusters')} flush>
        <DataState query={clusters}>
          {data => (
            <DataTable label={t('pages.clusters')} columns={columns} rows={data.clusters} keyOf={row => row.name} />
          )}
        </DataState>
      </Panel>
    </PageFrame>
  )
}

const firstFault = (row: ClusterRow) => row.conditions.find(c => c.status === 'False')?.message
