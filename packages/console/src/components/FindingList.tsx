import type { Finding } from '@isthmus/api'
import { IconAlertTriangle, IconCircleX, IconInfoCircle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import styles from './FindingList.module.css'

const icons = { error: IconCircleX, warning: IconAlertTriangle, info: IconInfoCircle }
const colors = { error: 'var(--i-failed)', warning: 'var(--i-partly)', info: 'var(--i-returning)' }

/** Anything with a severity and words. */
export function Notice(props: { severity: Finding['severity']; children: React.ReactNode }) {
  const { t } = useTranslation()
  const Icon = icons[props.severity]
  return (
    <div className={styles.row}>
      <Icon size={16} color={colors[props.severity]} role="img" aria-label={t(`common.severity.${props.severity}`)} />
      <div className={styles.words}>{props.children}</div>
    </div>
  )
}

/** Findings, worst first, each with its code and what to do. */
export function FindingList({ findings }: { findings: readonly Finding[] }) {
  const { t } = useTranslation()
  const order = ['error', 'warning', 'info']
  const sorted = findings.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
  return (
    <div className={styles.list}>
      {sorted.map(finding => (
        <Notice
          key={`${finding.code} ${finding.object.kind} ${finding.object.namespace}/${finding.object.name} ${finding.field} ${finding.message}`}
          severity={finding.severity}
        >
          <div>
            <code>{finding.code}</code> {finding.message}
          </div>
          <div className={styles.more}>
            {finding.object.kind} {finding.object.namespace}/{finding.object.name}
            {finding.field && <> · {finding.field}</>}
          </div>
          {finding.mend && (
            <div className={styles.more}>
              <b>{t('common.mend')}:</b> {finding.mend}
            </div>
          )}
        </Notice>
      ))}
    </div>
  )
}
