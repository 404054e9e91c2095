import styles from './HealthBar.module.css'

/** How many of the endpoints are healthy; stale ones hatched at the end of them. */
export function HealthBar(props: { total: number; healthy: number; stale?: number; label: string }) {
  const part = (n: number) => `${props.total > 0 ? (n / props.total) * 100 : 0}%`
  const stale = Math.min(props.stale ?? 0, props.healthy)
  return (
    <span className={styles.bar} role="img" aria-label={props.label}>
      <span className={styles.healthy} style={{ width: part(props.healthy - stale) }} />
      <span className={styles.stale} style={{ width: part(stale) }} />
      <span className={styles.not} style={{ width: part(props.total - props.healthy) }} />
    </span>
  )
}
