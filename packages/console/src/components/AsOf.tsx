import { useTranslation } from 'react-i18next'
import { useLanguage } from '../app/useLanguage.ts'
import { useNow } from '../app/useNow.ts'
import { clock, moment } from '../format/time.ts'
import styles from './AsOf.module.css'

/** The time of the figures beside it; marked when it is old. `staleAfter` in milliseconds. */
export function AsOf({ at, staleAfter = 60_000 }: { at: number | undefined; staleAfter?: number }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const now = useNow()
  if (at === undefined) return null
  return (
    <time
      dateTime={new Date(at).toISOString()}
      title={moment(at, language)}
      className={styles.time}
      data-stale={now - at > staleAfter || undefined}
    >
      {t('common.asOf', { time: clock(at, now, language) })}
    </time>
  )
}
