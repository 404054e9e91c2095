import type { NodeRow } from '@isthmus/api'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../api/queries.ts'
import { DataState } from '../../components/DataState.tsx'
import { type Column, DataTable } from '../../components/DataTable.tsx'
import { Panel } from '../../components/Panel.tsx'
import { RegionTag } from '../../components/RegionTag.tsx'
import { ToneBadge } from '../../components/ToneBadge.tsx'
import styles from './Clusters.module.css'

/** Nodes, with the labels that say where their pods are. */
export function Nodes({ cluster }: { cluster: string }) {
  const { t } = useTranslation()
  const nodes = useApi('listNodes', { params: { cluster } })
  const columns: readonly Column<NodeRow>[] = [
    { id: 'name', header: t('clusters.node'), cell: row => row.name },
    {
      id: 'ready',
      header: t('clusters.state'),
      cell: row => (
        <ToneBadge tone={row.ready ? 'ok' : 'failed'}>
          {t(row.ready ? 'clusters.ready' : 'clusters.notReady')}
        </ToneBadge>
      ),
    },
    {
      id: 'region',
      header: t('clusters.region'),
      cell: row =>
        row.region ? (
          <RegionTag region={row.region} quiet />
        ) : (
          <span className={styles.bad}>{t('clusters.noLabel')}</span>
        ),
    },
    { id: 'zone', header: t('clusters.zone'), cell: row => row.zone || '–' },
    { id: 'addresses', header: t('clusters.addresses'), cell: row => row.addresses.join(', ') },
    { id: 'cidr', header: t('clusters.pods'), cell: row => row.podCIDR ?? '–' },
    { id: 'kubelet', header: 'kubelet', cell: row => row.kubeletVersion },
  ]
  return (
    <Panel flush title={t('clusters.tabs.nodes')}>
      <DataState query={nodes} rows={4}>
        {data => (
          <DataTable label={t('clusters.tabs.nodes')} columns={columns} rows={data.nodes} keyOf={row => row.name} />
        )}
      </DataState>
    </Panel>
  )
}
