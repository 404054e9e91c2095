import type { ProxyRow } from '@isthmus/api'
import { Group, Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { call } from '../../api/client.ts'
import { useApi, useLive } from '../../api/queries.ts'
import { usePages } from '../../api/usePages.ts'
import { useRegions } from '../../app/Regions.tsx'
import { useFilters } from '../../app/useFilters.ts'
import { useLanguage } from '../../app/useLanguage.ts'
import { CopyCommand } from '../../components/CopyCommand.tsx'
import type { Column } from '../../components/DataTable.tsx'
import { Empty } from '../../components/Empty.tsx'
import { PagedTable } from '../../components/PagedTable.tsx'
import { PageFrame } from '../../components/PageFrame.tsx'
import { Panel } from '../../components/Panel.tsx'
import { RegionTag } from '../../components/RegionTag.tsx'
import { SearchField } from '../../components/SearchField.tsx'
import { TimeAgo } from '../../components/TimeAgo.tsx'
import { count } from '../../format/figures.ts'
import styles from './Proxies.module.css'
import { ProxyState, TypeCounts } from './ProxyState.tsx'

const pageSize = 200
const states = ['in step', 'behind', 'refused'] as const

/** Connected proxies, and whether they hold what is meant for them. */
export default function ProxiesPage() {
  const { t } = useTranslation()
  const language = useLanguage()
  const regions = useRegions()
  const clusters = useApi('listClusters')
  useLive('proxies')
  const [filters, setFilters] = useFilters({ search: '', region: '', cluster: '', state: '' })
  const list = usePages(
    ['listProxies', {}, filters],
    (offset, signal) => call('listProxies', { query: { ...filters, limit: pageSize, offset }, signal }),
    page => page.proxies,
  )
  const { first } = list
  const filtered = Object.values(filters).some(value => value !== '')
  const columns: readonly Column<ProxyRow>[] = [
    {
      id: 'id',
      header: t('proxies.name'),
      cell: row => (
        <div className={styles.name}>
          <Link href={`/proxies/${encodeURIComponent(addressed(row))}`}>{row.id}</Link>
          {row.types.map(
            type =>
              type.words && (
                <span key={type.type} className={styles.words}>
                  {type.type}: {type.words}
                </span>
              ),
          )}
        </div>
      ),
    },
    { id: 'state', header: t('proxies.state'), width: '120px', cell: row => <ProxyState proxy={row} /> },
    { id: 'region', header: t('proxies.region'), width: '150px', cell: row => <RegionTag region={row.region} quiet /> },
    { id: 'cluster', header: t('proxies.cluster'), width: '130px', cell: row => row.cluster },
    { id: 'holds', header: t('proxies.holds'), width: '270px', cell: row => <TypeCounts proxy={row} /> },
    {
      id: 'since',
      header: t('proxies.since'),
      width: '110px',
      align: 'right',
      cell: row => <TimeAgo at={row.connectedSince} />,
    },
  ]
  return (
    <PageFrame title={t('pages.proxies')} at={first?.at} actions={<CopyCommand commands={['isthmus proxy status']} />}>
      <Panel
        flush
        title={
          first ? t('proxies.count', { count: first.total, total: count(first.total, language) }) : t('pages.proxies')
        }
        text={t('proxies.text')}
        aside={
          <Group gap={8}>
            <Select
              aria-label={t('proxies.state')}
              w={140}
              data={[
                { value: '', label: t('proxies.anyState') },
                ...states.map(state => ({ value: state, label: t(`proxies.states.${state}`) })),
              ]}
              value={filters.state}
              onChange={state => setFilters({ state: state ?? '' })}
            />
            <Select
              aria-label={t('proxies.cluster')}
              w={160}
              data={[
                { value: '', label: t('common.allClusters') },
                ...(clusters.data?.clusters.map(cluster => cluster.name) ?? []),
              ]}
              value={filters.cluster}
              onChange={cluster => setFilters({ cluster: cluster ?? '' })}
            />
            <Select
              aria-label={t('proxies.region')}
              w={160}
              data={[{ value: '', label: t('common.allRegions') }, ...regions]}
              value={filters.region}
              onChange={region => setFilters({ region: region ?? '' })}
            />
            <SearchField value={filters.search} onChange={search => setFilters({ search }, { replace: true })} />
          </Group>
        }
      >
        <PagedTable
          pages={list}
          label={t('pages.proxies')}
          columns={columns}
          keyOf={row => `${row.cluster}/${row.id}`}
          maxHeight="calc(100vh - 190px)"
          empty={filtered ? undefined : <Empty title={t('proxies.empty')} text={t('proxies.emptyText')} />}
        />
      </Panel>
    </PageFrame>
  )
}

/** CLUSTER/NAMESPACE/POD: POD.NAMESPACE alone may be in two clusters. */
function addressed(row: ProxyRow): string {
  const at = row.id.lastIndexOf('.')
  const [pod, namespace] = [row.id.slice(0, at), row.id.slice(at + 1)]
  return row.cluster ? `${row.cluster}/${namespace}/${pod}` : row.id
}
