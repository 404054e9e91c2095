import type { RegionState } from '@isthmus/api'
import { IconAlertTriangle, IconArrowBackUp, IconCircleCheck, IconCircleX, IconHelpCircle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import styles from './StateBadge.module.css'

const looks = {
  normal: { tone: 'ok', Icon: IconCircleCheck },
  'partly failed over': { tone: 'partly', Icon: IconAlertTriangle },
  'failed over': { tone: 'failed', Icon: IconCircleX },
  returning: { tone: 'returning', Icon: IconArrowBackUp },
  unknown: { tone: 'unknown', Icon: IconHelpCircle },
} as const

/** A region's state: colour, shape and word. */
export function StateBadge({ state, size = 14 }: { state: RegionState; size?: number }) {
  const { t } = useTranslation()
  const { tone, Icon } = looks[state]
  return (
    <span className={styles.badge} data-tone={tone}>
      <Icon size={size} aria-hidden stroke={2} />
      {t(`common.stateOf.${state}`)}
    </span>
  )
}

/** The colour of a state, as CSS. */
export const stateColor = (state: RegionState): string => `var(--i-${looks[state].tone})`
