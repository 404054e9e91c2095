import type { ObjectRow } from '@isthmus/api'
import { Group, Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../api/queries.ts'
import { useFilters } from '../../app/useFilters.ts'
import { DataState } from '../../components/DataState.tsx'
import { type Column, DataTable } from '../../components/DataTable.tsx'
import { PageFrame } from '../../components/PageFrame.tsx'
import { Panel } from '../../components/Panel.tsx'
import { SearchField } from '../../components/SearchField.tsx'

/** Objects of the mesh API, kind by kind. */
export default function RulesPage() {
  const { t } = useTranslation()
  const [filters, setFilters] = useFilters({ kind: 'VirtualService', search: '' })
  const kinds = useApi('listKinds')
  const objects = useApi('listObjects', {
    params: { kind: filters.kind },
    query: { search: filters.search, limit: 1000 },
  })
  const columns: readonly Column<ObjectRow>[] = [
    { id: 'name', header: t('rules.name'), cell: row => row.name },
    { id: 'namespace', header: t('rules.namespace'), cell: row => row.namespace },
    { id: 'about', header: t('rules.about'), cell: row => row.about },
    { id: 'findings', header: t('common.findings'), align: 'right', cell: row => row.findings.length || '' },
  ]
  return (
    <PageFrame title={t('pages.rules')}>
      <Panel
        title={filters.kind}
        flush
        aside={
          <Group gap={8}>
            <Select
              aria-label={t('rules.kind')}
              data={kinds.data?.kinds.map(k => ({ value: k.kind, label: `${k.kind} (${k.count})` })) ?? []}
              value={filters.kind}
              onChange={kind => kind && setFilters({ kind })}
              searchable
            />
            <SearchField value={filters.search} onChange={search => setFilters({ search }, { replace: true })} />
          </Group>
        }
      >
        <DataState query={objects}>
          {data => (
            <DataTable
              label={filters.kind}
              columns={columns}
              rows={data.objects}
              total={data.total}
              keyOf={row => `${row.namespace}/${row.name}`}
            />
          )}
        </DataState>
      </Panel>
    </PageFrame>
  )
}
