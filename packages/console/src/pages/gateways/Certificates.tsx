import type { GatewayRow } from '@isthmus/api'
import { useTranslation } from 'react-i18next'
import { useLanguage } from '../../app/useLanguage.ts'
import { useNow } from '../../app/useNow.ts'
import { type Column, DataTable } from '../../components/DataTable.tsx'
import { ToneBadge } from '../../components/ToneBadge.tsx'
import { age, clock } from '../../format/time.ts'
import styles from './Gateways.module.css'

type Certificate = GatewayRow['certificates'][number]
const day = 86_400_000

/** Certificates by when they expire: the soonest first, and loudest. */
export function Certificates({ certificates }: { certificates: readonly Certificate[] }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const now = useNow()
  const columns: readonly Column<Certificate>[] = [
    { id: 'name', header: t('gateways.secret'), cell: row => row.name },
    { id: 'names', header: t('gateways.names'), cell: row => row.names.join(', ') || row.subject },
    { id: 'until', header: t('gateways.until'), cell: row => clock(row.notAfter, now, language) },
    {
      id: 'left',
      header: t('gateways.left'),
      width: '160px',
      cell: row => {
        const left = row.notAfter - now
        if (row.problem) return <span className={styles.bad}>{row.problem}</span>
        if (left <= 0) return <ToneBadge tone="failed">{t('gateways.expired')}</ToneBadge>
        return <ToneBadge tone={left < 14 * day ? 'partly' : 'ok'}>{age(left, language)}</ToneBadge>
      },
    },
  ]
  if (certificates.length === 0) return <p className={styles.none}>{t('gateways.noCertificates')}</p>
  return (
    <DataTable
      label={t('gateways.certificates')}
      columns={columns}
      rows={certificates.toSorted((a, b) => a.notAfter - b.notAfter)}
      keyOf={row => row.name}
      maxHeight="40vh"
    />
  )
}
