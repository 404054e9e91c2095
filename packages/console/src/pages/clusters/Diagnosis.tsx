import type { ClusterRow } from '@isthmus/api'
import { IconCircleCheck, IconCircleDashed, IconCircleX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { TimeAgo } from '../../components/TimeAgo.tsx'
import { failedCheck } from './ClusterState.tsx'
import styles from './Clusters.module.css'

const icons = {
  True: { Icon: IconCircleCheck, color: 'var(--i-ok)' },
  False: { Icon: IconCircleX, color: 'var(--i-failed)' },
  Unknown: { Icon: IconCircleDashed, color: 'var(--i-unknown)' },
} as const

/** The checks in their order, as they come in, and what mends the first that failed. */
export function Diagnosis({ cluster }: { cluster: ClusterRow }) {
  const { t } = useTranslation()
  const failed = failedCheck(cluster)
  if (cluster.conditions.length === 0) return <p className={styles.dim}>{t('clusters.notLookedAt')}</p>
  return (
    <>
      <ol className={styles.checks} aria-live="polite">
        {cluster.conditions.map(check => {
          const { Icon, color } = icons[check.status]
          return (
            <li key={check.type} className={styles.check} data-status={check.status}>
              <Icon size={16} color={color} role="img" aria-label={t(`clusters.status.${check.status}`)} />
              <span>{check.type}</span>
              <span>
                {check.message || check.reason}
                {check.status === 'False' && check.lastTransitionTime && (
                  <>
                    {' · '}
                    <TimeAgo at={Date.parse(check.lastTransitionTime)} />
                  </>
                )}
              </span>
            </li>
          )
        })}
      </ol>
      {failed && cluster.mend && (
        <p className={styles.mend}>
          <b>{t('common.mend')}:</b> {cluster.mend}
        </p>
      )}
    </>
  )
}
