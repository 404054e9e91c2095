import type { ClusterRow } from '@isthmus/api'
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconLoader } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { ToneBadge } from '../../components/ToneBadge.tsx'

/** The first check that failed: what is wrong. */
export function failedCheck(cluster: ClusterRow) {
  return cluster.conditions.find(c => c.status === 'False' && c.type !== 'Ready' && c.type !== 'Joined')
}

/** Ready, last known only, refused with a cause, or still being looked at. */
export function ClusterState({ cluster }: { cluster: ClusterRow }) {
  const { t } = useTranslation()
  if (cluster.ready && !cluster.stale)
    return (
      <ToneBadge tone="ok" icon={<IconCircleCheck size={14} aria-hidden />}>
        {t('clusters.ready')}
      </ToneBadge>
    )
  if (cluster.stale)
    return (
      <ToneBadge tone="partly" icon={<IconAlertTriangle size={14} aria-hidden />}>
        {t('clusters.stale')}
      </ToneBadge>
    )
  const failed = failedCheck(cluster)
  return failed ? (
    <ToneBadge tone="failed" icon={<IconCircleX size={14} aria-hidden />}>
      {failed.reason}
    </ToneBadge>
  ) : (
    <ToneBadge tone="unknown" icon={<IconLoader size={14} aria-hidden />}>
      {t('clusters.joining')}
    </ToneBadge>
  )
}
