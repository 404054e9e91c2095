import type { ServiceRegions } from '@isthmus/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { call } from '../../api/client.ts'
import { usePages } from '../../api/usePages.ts'
import { AsOf } from '../../components/AsOf.tsx'
import type { Column } from '../../components/DataTable.tsx'
import { HealthBar } from '../../components/HealthBar.tsx'
import { PagedTable } from '../../components/PagedTable.tsx'
import { Panel } from '../../components/Panel.tsx'
import { RegionTag } from '../../components/RegionTag.tsx'
import { SearchField } from '../../components/SearchField.tsx'
import { ShareBar } from '../../components/ShareBar.tsx'
import { ToneBadge } from '../../components/ToneBadge.tsx'
import { shortHost } from '../../format/host.ts'
import styles from './Regional.module.css'

/** Every service: its endpoints region by region, where requests of each region go, and how far it is from leaving. */
export function ServiceRegionsPanel({ service, onEdit }: { service: string; onEdit: (service: string) => void }) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const list = usePages(
    ['getRegionalTraffic', 'services', service, search],
    (offset, signal) =>
      call('getRegionalTraffic', { query: { limit: 50, offset, search, ...(service && { service }) }, signal }),
    page => page.services,
  )
  const { first } = list
  const columns: readonly Column<ServiceRegions>[] = [
    {
      id: 'service',
      header: t('regional.service'),
      width: '190px',
      cell: row => (
        <div className={styles.serviceName}>
          <Link href={`/services/${encodeURIComponent(row.service)}`}>{shortHost(row.service)}</Link>
          {!service && (
            <button type="button" className={styles.linkButton} onClick={() => onEdit(row.service)}>
              {t('common.edit')}
            </button>
          )}
        </div>
      ),
    },
    ...(first?.regions ?? []).map(
      (region): Column<ServiceRegions> => ({
        id: region,
        header: <RegionTag region={region} />,
        cell: row => <RegionCell row={row} region={region} />,
      }),
    ),
  ]
  return (
    <Panel
      title={t('regional.services')}
      text={t('regional.servicesText')}
      aside={
        <>
          {!service && <SearchField value={search} onChange={setSearch} width={200} />}
          <AsOf at={first?.at} />
        </>
      }
      flush
    >
      <PagedTable
        loadingRows={6}
        pages={list}
        label={t('regional.services')}
        columns={columns}
        keyOf={row => row.service}
        rowHeight={82}
        maxHeight="620px"
      />
    </Panel>
  )
}

const ownFirst = (shares: ServiceRegions['sources'][number]['shares'], own: string) =>
  shares.toSorted((a, b) => Number(b.region === own) - Number(a.region === own))

function RegionCell({ row, region }: { row: ServiceRegions; region: string }) {
  const { t } = useTranslation()
  const here = row.destinations.find(d => d.region === region)
  const sources = row.sources.filter(s => s.region === region)
  const total = (here?.ready ?? 0) + (here?.notReady ?? 0)
  return (
    <div className={styles.regionCell}>
      <div className={styles.cellLine}>
        <HealthBar
          total={total}
          healthy={here?.ready ?? 0}
          stale={here?.stale ?? 0}
          label={t('overview.endpoints', { healthy: here?.ready ?? 0, total })}
        />
        <span className="figure">{t('common.of', { part: here?.ready ?? 0, all: total })}</span>
        {(here?.ejected ?? 0) > 0 && (
          <ToneBadge tone="partly">{t('regional.ejected', { count: here?.ejected ?? 0 })}</ToneBadge>
        )}
      </div>
      {sources.map(source => {
        const own = source.shares.find(s => s.region === region)?.percent ?? 0
        return (
          <div key={source.role} className={styles.source} title={source.summary}>
            <div className={styles.cellLine}>
              <ShareBar shares={ownFirst(source.shares, region)} basis="intended" />
              {sources.length > 1 && <span className={styles.quiet}>{t(`services.role.${source.role}`)}</span>}
            </div>
            <span className={styles.leaves} data-gone={own === 0 || undefined}>
              {own === 0
                ? t('regional.gone')
                : source.leavesAfter === undefined
                  ? t('regional.never')
                  : t('regional.leavesAfter', { count: source.leavesAfter })}
            </span>
          </div>
        )
      })}
    </div>
  )
}
