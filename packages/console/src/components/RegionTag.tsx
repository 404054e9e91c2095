import { useTranslation } from 'react-i18next'
import { useRegionColor } from '../app/Regions.tsx'
import styles from './RegionTag.module.css'

/** A region's name with the mark of its identity. */
export function RegionTag({ region, quiet = false }: { region: string; quiet?: boolean }) {
  const { t } = useTranslation()
  const color = useRegionColor()
  return (
    <span className={styles.tag} data-quiet={quiet || undefined}>
      <span className={styles.mark} style={{ background: color(region) }} aria-hidden />
      {region || t('common.unknownRegion')}
    </span>
  )
}
