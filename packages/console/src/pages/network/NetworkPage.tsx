import type { NetworkItem } from '@isthmus/api'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../api/queries.ts'
import { DataState } from '../../components/DataState.tsx'
import { type Column, DataTable } from '../../components/DataTable.tsx'
import { PageFrame } from '../../components/PageFrame.tsx'
import { Panel } from '../../components/Panel.tsx'
import { RegionTag } from '../../components/RegionTag.tsx'
import { bits } from '../../format/figures.ts'

/** What the network between the regions is made of. */
export default function NetworkPage() {
  const { t } = useTranslation()
  const network = useApi('getNetwork')
  const columns: readonly Column<NetworkItem>[] = [
    { id: 'kind', header: t('network.kind'), cell: row => row.kind },
    { id: 'name', header: t('network.name'), cell: row => row.name },
    { id: 'region', header: t('network.region'), cell: row => row.region && <RegionTag region={row.region} quiet /> },
    { id: 'cidr', header: t('network.cidr'), cell: row => row.cidr },
    {
      id: 'limit',
      header: t('network.limit'),
      align: 'right',
      cell: row => row.limitBitsPerSecond !== undefined && bits(row.limitBitsPerSecond),
    },
  ]
  return (
    <PageFrame title={t('pages.network')} at={network.data?.at}>
      <Panel title={t('pages.network')} flush>
        <DataState query={network}>
          {data => (
            <DataTable
              label={t('pages.network')}
              columns={columns}
              rows={data.items}
              keyOf={row => `${row.kind}/${row.name}`}
            />
          )}
        </DataState>
      </Panel>
    </PageFrame>
  )
}
