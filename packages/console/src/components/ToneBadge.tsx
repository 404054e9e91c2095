import type { ReactNode } from 'react'
import styles from './StateBadge.module.css'

export type Tone = 'ok' | 'partly' | 'failed' | 'returning' | 'unknown'

/** A word in a state's colour, for states other than a region's. */
export function ToneBadge({ tone, children, icon }: { tone: Tone; children: ReactNode; icon?: ReactNode }) {
  return (
    <span className={styles.badge} data-tone={tone}>
      {icon}
      {children}
    </span>
  )
}
