import type { ProxyRow } from '@isthmus/api'
import { useTranslation } from 'react-i18next'
import { useApi, useLive } from '../../api/queries.ts'
import { useFilters } from '../../app/useFilters.ts'
import { DataState } from '../../components/DataState.tsx'
import { type Column, DataTable } from '../../components/DataTable.tsx'
import { PageFrame } from '../../components/PageFrame.tsx'
import { Panel } from '../../components/Panel.tsx'
import { RegionTag } from '../../components/RegionTag.tsx'
import { SearchField } from '../../components/SearchField.tsx'
import { TimeAgo } from '../../components/TimeAgo.tsx'

/** Connected proxies and whether they hold what is meant for them. */
export default function ProxiesPage() {
  const { t } = useTranslation()
  useLive('proxies')
  const [filters, setFilters] = useFilters({ search: '' })
  const proxies = useApi('listProxies', { query: { search: filters.search, limit: 1000 } })
  const columns: readonly Column<ProxyRow>[] = [
    { id: 'id', header: t('proxies.name'), cell: row => row.id },
    { id: 'region', header: t('proxies.region'), cell: row => <RegionTag region={row.region} quiet /> },
    { id: 'state', header: t('proxies.state'), cell: row => row.types.map(x => `${x.type} ${x.state}`).join(', ') },
    { id: 'since', header: t('proxies.since'), cell: row => <TimeAgo at={row.connectedSince} /> },
  ]
  return (
    <PageFrame title={t('pages.proxies')} at={proxies.data?.at}>
      <Panel
        title={t('pages.proxies')}
        flush
        aside={<SearchField value={filters.search} onChange={search => setFilters({ search }, { replace: true })} />}
      >
        <DataState query={proxies}>
          {data => (
            <DataTable
              label={t('pages.proxies')}
              columns={columns}
              rows={data.proxies}
              total={data.total}
              keyOf={row => row.id}
            />
          )}
        </DataState>
      </Panel>
    </PageFrame>
  )
}
