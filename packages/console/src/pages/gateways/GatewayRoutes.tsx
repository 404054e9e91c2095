import type { GatewayRow } from '@isthmus/api'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { type Column, DataTable } from '../../components/DataTable.tsx'
import { pageOf } from '../rules/about.ts'

type GatewayRoute = GatewayRow['routes'][number] & { readonly place: number }

/** Routes in the order in which they are tried, and the VirtualService each comes from. */
export function GatewayRoutes({ routes }: { routes: GatewayRow['routes'] }) {
  const { t } = useTranslation()
  const columns: readonly Column<GatewayRoute>[] = [
    { id: 'hosts', header: t('gateways.hosts'), width: '20%', cell: row => row.hosts.join(', ') },
    { id: 'match', header: t('gateways.match'), cell: row => row.match },
    { id: 'destination', header: t('gateways.destination'), width: '30%', cell: row => row.destination },
    {
      id: 'rule',
      header: 'VirtualService',
      width: '22%',
      cell: ({ virtualService }) => (
        <Link href={pageOf('VirtualService', virtualService.namespace, virtualService.name)}>
          {virtualService.namespace}/{virtualService.name}
        </Link>
      ),
    },
  ]
  return (
    <DataTable
      label={t('gateways.routes')}
      columns={columns}
      rows={routes.map((route, place) => ({ ...route, place }))}
      keyOf={row => String(row.place)}
      maxHeight="40vh"
    />
  )
}
