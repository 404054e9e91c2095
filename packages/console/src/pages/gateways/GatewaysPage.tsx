import type { GatewayRow } from '@isthmus/api'
import { useTranslation } from 'react-i18next'
import { useApi, useLive } from '../../api/queries.ts'
import { DataState } from '../../components/DataState.tsx'
import { type Column, DataTable } from '../../components/DataTable.tsx'
import { PageFrame } from '../../components/PageFrame.tsx'
import { Panel } from '../../components/Panel.tsx'

/** Gateways and where they listen. */
export default function GatewaysPage() {
  const { t } = useTranslation()
  useLive('gateways')
  const gateways = useApi('listGateways')
  const columns: readonly Column<GatewayRow>[] = [
    { id: 'name', header: t('gateways.name'), cell: row => `${row.namespace}/${row.name}` },
    {
      id: 'addresses',
      header: t('gateways.addresses'),
      cell: row => row.places.flatMap(place => place.addresses).join(', '),
    },
    { id: 'routes', header: t('gateways.routes'), align: 'right', cell: row => row.routes.length },
  ]
  return (
    <PageFrame title={t('pages.gateways')} at={gateways.data?.at}>
      <Panel title={t('pages.gateways')} flush>
        <DataState query={gateways}>
          {data => (
            <DataTable
              label={t('pages.gateways')}
              columns={columns}
              rows={data.gateways}
              keyOf={row => `${row.namespace}/${row.name}`}
            />
          )}
        </DataState>
      </Panel>
    </PageFrame>
  )
}
