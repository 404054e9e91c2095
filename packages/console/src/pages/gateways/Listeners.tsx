import type { GatewayRow } from '@isthmus/api'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { type Column, DataTable } from '../../components/DataTable.tsx'
import { pageOf } from '../rules/about.ts'

type Listener = GatewayRow['listeners'][number]

/** Ports and hosts, and the Gateway object each comes from. */
export function Listeners({ listeners }: { listeners: readonly Listener[] }) {
  const { t } = useTranslation()
  const columns: readonly Column<Listener>[] = [
    { id: 'port', header: t('gateways.port'), width: '90px', cell: row => row.port },
    { id: 'protocol', header: t('gateways.protocol'), width: '110px', cell: row => row.protocol },
    { id: 'hosts', header: t('gateways.hosts'), cell: row => row.hosts.join(', ') },
    { id: 'secret', header: t('gateways.secret'), width: '20%', cell: row => row.secret ?? '–' },
    {
      id: 'gateway',
      header: 'Gateway',
      width: '25%',
      cell: ({ gateway }) => (
        <Link href={pageOf('Gateway', gateway.namespace, gateway.name)}>
          {gateway.namespace}/{gateway.name}
        </Link>
      ),
    },
  ]
  return (
    <DataTable
      label={t('gateways.listeners')}
      columns={columns}
      rows={listeners}
      keyOf={row => `${row.port} ${row.gateway.namespace}/${row.gateway.name} ${row.hosts.join()}`}
      maxHeight="40vh"
    />
  )
}
