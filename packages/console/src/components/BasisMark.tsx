import type { Basis } from '@isthmus/api'
import { Tooltip } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import styles from './BasisMark.module.css'

/** How a figure came about: solid is measured, outlined is intended; the same marks as in bars and flows. */
export function BasisMark({ basis, bare = false }: { basis: Basis; bare?: boolean }) {
  const { t } = useTranslation()
  const mark = <span className={styles.mark} data-basis={basis} aria-hidden />
  return (
    <Tooltip label={t(basis === 'measured' ? 'common.measuredHint' : 'common.intendedHint')}>
      <span className={styles.legend}>
        {mark}
        <span className={bare ? styles.hidden : undefined}>{t(`common.${basis}`)}</span>
      </span>
    </Tooltip>
  )
}
