import type { Basis } from '@isthmus/api'
import { useTranslation } from 'react-i18next'
import { useRegionColor } from '../app/Regions.tsx'
import { percent } from '../format/figures.ts'
import styles from './ShareBar.module.css'

/** Shares of a whole by region: filled when measured, outlined when intended. */
export function ShareBar(props: {
  shares: readonly { readonly region: string; readonly percent: number }[]
  basis: Basis
  /** Figures in the parts that have room. */
  figures?: boolean
}) {
  const { t } = useTranslation()
  const color = useRegionColor()
  const words = props.shares.map(s => `${s.region || t('common.unknownRegion')} ${percent(s.percent)}`).join(', ')
  return (
    <span className={styles.bar} role="img" aria-label={`${t(`common.${props.basis}`)}: ${words}`} title={words}>
      {props.shares
        .filter(s => s.percent > 0)
        .map(share => (
          <span
            key={share.region}
            className={styles.part}
            data-basis={props.basis}
            style={{ width: `${share.percent}%`, '--c': color(share.region) } as React.CSSProperties}
          />
        ))}
    </span>
  )
}
