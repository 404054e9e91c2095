import type { Attention } from '@isthmus/api'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { Notice } from '../../components/FindingList.tsx'
import { RegionTag } from '../../components/RegionTag.tsx'
import { TimeAgo } from '../../components/TimeAgo.tsx'
import styles from './AttentionList.module.css'

/** What needs a person, in the order the control plane gives. */
export function AttentionList({ attention }: { attention: readonly Attention[] }) {
  const { t } = useTranslation()
  if (attention.length === 0) return <p className={styles.none}>{t('overview.nothing')}</p>
  return (
    <ul className={styles.list} tabIndex={0} aria-label={t('overview.attention')}>
      {attention.map(item => (
        <li key={`${item.code} ${item.text}`}>
          <Notice severity={item.severity}>
            <div className={styles.text}>{item.text}</div>
            <div className={styles.more}>
              {item.region !== undefined && <RegionTag region={item.region} quiet />}
              {item.since !== undefined && <TimeAgo at={item.since} />}
              {item.code && <code>{item.code}</code>}
              {item.object?.kind === 'RegionalTrafficPolicy' && (
                <Link href="/regional-traffic">{t('overview.showInTraffic')}</Link>
              )}
            </div>
            {item.mend && <div className={styles.mend}>{t('overview.mend', { text: item.mend })}</div>}
          </Notice>
        </li>
      ))}
    </ul>
  )
}
