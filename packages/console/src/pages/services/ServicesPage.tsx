import type { ServiceRow } from '@isthmus/api'
import { Group, Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { call } from '../../api/client.ts'
import { useLive } from '../../api/queries.ts'
import { usePages } from '../../api/usePages.ts'
import { useRegions } from '../../app/Regions.tsx'
import { useFilters } from '../../app/useFilters.ts'
import { useLanguage } from '../../app/useLanguage.ts'
import type { Column } from '../../components/DataTable.tsx'
import { HealthBar } from '../../components/HealthBar.tsx'
import { PagedTable } from '../../components/PagedTable.tsx'
import { PageFrame } from '../../components/PageFrame.tsx'
import { Panel } from '../../components/Panel.tsx'
import { RegionTag } from '../../components/RegionTag.tsx'
import { SearchField } from '../../components/SearchField.tsx'
import { ToneBadge } from '../../components/ToneBadge.tsx'
import { count, percent, rate } from '../../format/figures.ts'
import styles from './Services.module.css'

type Sort = 'name' | 'requests' | 'errors' | 'health'
const pageSize = 100

/** All services: searched, sorted and paged by the control plane. */
export default function ServicesPage() {
  const { t } = useTranslation()
  const language = useLanguage()
  const regions = useRegions()
  useLive('services')
  const [filters, setFilters] = useFilters({ search: '', namespace: '', region: '', sort: 'name' })
  const list = usePages(
    ['listServices', {}, filters],
    (offset, signal) => {
      const query = { ...filters, sort: filters.sort as Sort, limit: pageSize, offset }
      return call('listServices', { query, signal })
    },
    page => page.services,
  )
  const { first } = list
  const columns: readonly Column<ServiceRow>[] = [
    {
      id: 'name',
      header: t('services.name'),
      sortable: true,
      cell: row => (
        <div className={styles.name}>
          <Link href={`/services/${encodeURIComponent(row.hostname)}`}>{nameOf(row)}</Link>
          <span>{row.namespace}</span>
          {row.findings > 0 && <ToneBadge tone="partly">{t('services.findings', { count: row.findings })}</ToneBadge>}
        </div>
      ),
    },
    {
      id: 'ports',
      header: t('services.ports'),
      width: '130px',
      cell: row => row.ports.map(port => `${port.number} ${port.protocol}`).join(', '),
    },
    {
      id: 'regions',
      header: t('services.regions'),
      width: '36%',
      cell: row => (
        <div className={styles.regions}>
          {row.regions.map(one => (
            <span key={one.region} className={styles.region}>
              <RegionTag region={one.region} quiet />
              <span className="figure">{t('common.of', { part: one.healthy, all: one.endpoints })}</span>
            </span>
          ))}
        </div>
      ),
    },
    {
      id: 'health',
      header: t('services.healthy'),
      sortable: true,
      width: '120px',
      cell: row => (
        <HealthBar
          total={row.endpoints}
          healthy={row.healthy}
          label={t('overview.endpoints', { healthy: row.healthy, total: row.endpoints })}
        />
      ),
    },
    {
      id: 'requests',
      header: t('services.requests'),
      sortable: true,
      align: 'right',
      width: '120px',
      cell: row =>
        row.requestsPerSecond === undefined ? (
          <span className={styles.none}>{t('common.noData')}</span>
        ) : (
          rate(row.requestsPerSecond, language)
        ),
    },
    {
      id: 'errors',
      header: t('services.errors'),
      sortable: true,
      align: 'right',
      width: '90px',
      cell: row =>
        row.errorPercent === undefined ? (
          <span className={styles.none}>–</span>
        ) : (
          <span className={row.errorPercent > 0 ? styles.bad : undefined}>{percent(row.errorPercent)}</span>
        ),
    },
  ]
  const filtered = filters.search !== '' || filters.namespace !== '' || filters.region !== ''
  return (
    <PageFrame title={t('services.title')} at={first?.at}>
      <Panel
        flush
        title={first ? t('services.count', { total: count(first.total, language) }) : t('services.title')}
        text={t('services.text')}
        aside={
          <Group gap={8}>
            <Select
              aria-label={t('services.regions')}
              w={170}
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
          label={t('services.title')}
          columns={columns}
          keyOf={row => row.hostname}
          sort={{ id: filters.sort, descending: filters.sort === 'requests' || filters.sort === 'errors' }}
          onSort={sort => setFilters({ sort })}
          maxHeight="calc(100vh - 190px)"
          empty={filtered ? undefined : <p className={styles.empty}>{t('services.empty')}</p>}
        />
      </Panel>
    </PageFrame>
  )
}

const nameOf = (row: ServiceRow) =>
  row.hostname.endsWith('.svc.cluster.local') ? (row.hostname.split('.')[0] as string) : row.hostname
