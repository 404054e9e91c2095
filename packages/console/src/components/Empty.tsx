import type { ReactNode } from 'react'
import styles from './Empty.module.css'

/** Nothing to show: why, and what to do about it. */
export function Empty({ title, text, action }: { title: string; text?: ReactNode; action?: ReactNode }) {
  return (
    <div className={styles.empty}>
      <svg viewBox="0 0 64 32" width="72" aria-hidden="true">
        <path
          d="M2 8c0-3 3-5 7-5 9 0 14 10 23 10S46 3 55 3c4 0 7 2 7 5v16c0 3-3 5-7 5-9 0-14-10-23-10S18 29 9 29c-4 0-7-2-7-5z"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.5"
          strokeDasharray="3 3"
        />
      </svg>
      <p className={styles.title}>{title}</p>
      {text && <p className={styles.text}>{text}</p>}
      {action}
    </div>
  )
}
