import { Alert } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useConnection } from '../api/queries.ts'
import { age, clock } from '../format/time.ts'
import styles from './ConnectionState.module.css'
import { useLanguage } from './useLanguage.ts'
import { useNow } from './useNow.ts'

/** Whether what is shown is live. */
export function ConnectionMark() {
  const { t } = useTranslation()
  const { state } = useConnection()
  return (
    <span className={styles.mark} data-state={state} role="status">
      <span className={styles.dot} aria-hidden />
      {t(`common.${state}`)}
    </span>
  )
}

/** Above everything while nobody answers: how old the picture is. */
export function StaleBanner() {
  const { t } = useTranslation()
  const language = useLanguage()
  const now = useNow()
  const { state, heardAt, lostAt } = useConnection()
  if (state !== 'lost') return null
  const since = heardAt ?? lostAt ?? now
  return (
    <Alert
      color="yellow"
      variant="light"
      mb={14}
      role="alert"
      icon={<IconPlugConnectedX size={18} aria-hidden />}
      title={t('common.lost')}
      classNames={{ root: styles.banner ?? '' }}
    >
      <div>
        {heardAt === undefined
          ? t('common.lostNothing')
          : t('common.lostFor', { age: age(now - since, language), time: clock(since, now, language) })}
      </div>
      <div className={styles.more}>{t('common.lostMend')}</div>
    </Alert>
  )
}
