import type { NetworkItem } from '@isthmus/api'
import { useTranslation } from 'react-i18next'
import { type Column, DataTable } from '../../components/DataTable.tsx'
import { Panel } from '../../components/Panel.tsx'
import { RegionTag } from '../../components/RegionTag.tsx'
import { ToneBadge } from '../../components/ToneBadge.tsx'
import { bits } from '../../format/figures.ts'
import styles from './Network.module.css'

/** The condition that is not true, if there is one. */
export const problemOf = (item: NetworkItem) => item.conditions.find(condition => condition.status === 'False')

/** Everything the network is made of. */
export function Items({ items }: { items: readonly NetworkItem[] }) {
  const { t } = useTranslation()
  if (items.length === 0) return null
  const columns: readonly Column<NetworkItem>[] = [
    { id: 'name', header: t('network.name'), width: '20%', cell: row => row.name },
    {
      id: 'kind',
      header: t('network.kind'),
      width: '150px',
      cell: row => <span className={styles.dim}>{row.kind}</span>,
    },
    {
      id: 'region',
      header: t('network.region'),
      width: '140px',
      cell: row => row.region && <RegionTag region={row.region} quiet />,
    },
    {
      id: 'cidr',
      header: t('network.cidr'),
      width: '170px',
      cell: row => (
        <>
          {row.cidr}
          {row.podCIDR && <div className={styles.dim}>{t('network.pods', { cidr: row.podCIDR })}</div>}
          {row.serviceCIDR && <div className={styles.dim}>{t('network.services', { cidr: row.serviceCIDR })}</div>}
        </>
      ),
    },
    { id: 'joins', header: t('network.joins'), width: '18%', cell: row => row.joins.map(one => one.name).join(', ') },
    {
      id: 'limit',
      header: t('network.limit'),
      width: '150px',
      align: 'right',
      cell: row =>
        row.limitBitsPerSecond !== undefined && (
          <>
            {row.usedBitsPerSecond === undefined ? t('network.unmeasured') : bits(row.usedBitsPerSecond)}
            {' / '}
            {bits(row.limitBitsPerSecond)}
          </>
        ),
    },
    {
      id: 'state',
      header: t('network.state'),
      width: '130px',
      cell: row => {
        const problem = problemOf(row)
        return problem ? (
          <span title={problem.message}>
            <ToneBadge tone="failed">{problem.reason}</ToneBadge>
          </span>
        ) : (
          <ToneBadge tone="ok">{t('network.inForce')}</ToneBadge>
        )
      },
    },
  ]
  return (
    <Panel flush title={t('network.items')}>
      <DataTable
        label={t('network.items')}
        columns={columns}
        rows={items}
        keyOf={row => `${row.kind}/${row.name}`}
        maxHeight="60vh"
      />
    </Panel>
  )
}
