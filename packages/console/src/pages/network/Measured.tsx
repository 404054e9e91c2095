import type { Network } from '@isthmus/api'
import { useTranslation } from 'react-i18next'
import { useLanguage } from '../../app/useLanguage.ts'
import { BasisMark } from '../../components/BasisMark.tsx'
import { type Column, DataTable } from '../../components/DataTable.tsx'
import { Panel } from '../../components/Panel.tsx'
import { rate } from '../../format/figures.ts'
import styles from './Network.module.css'

type Way = Network['measured'][number]

/** What proxies measured between places: the network as requests see it. */
export function Measured({ network }: { network: Network }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const columns: readonly Column<Way>[] = [
    { id: 'source', header: t('network.from'), cell: row => row.source },
    { id: 'destination', header: t('network.to'), cell: row => row.destination },
    {
      id: 'requests',
      header: t('network.requests'),
      align: 'right',
      cell: row => rate(row.requestsPerSecond, language),
    },
    { id: 'errors', header: t('network.errors'), align: 'right', cell: row => rate(row.errorsPerSecond, language) },
  ]
  return (
    <Panel flush title={t('network.measured')} aside={<BasisMark basis="measured" />}>
      <DataTable
        label={t('network.measured')}
        columns={columns}
        rows={network.measured}
        keyOf={row => `${row.source} ${row.destination}`}
        maxHeight="40vh"
        empty={<p className={styles.none}>{t('network.nothingMeasured')}</p>}
      />
    </Panel>
  )
}
