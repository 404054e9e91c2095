import type { Overview } from '@isthmus/api'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { useLanguage } from '../../app/useLanguage.ts'
import { ToneBadge } from '../../components/ToneBadge.tsx'
import { count } from '../../format/figures.ts'
import styles from './Overview.module.css'

/** How much there is, each figure a link to where it stands in full. */
export function CountStrip({ counts }: { counts: Overview['counts'] }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const { services, endpoints, proxies, proxiesBehind, proxiesRefusing } = counts
  return (
    <dl className={styles.strip}>
      <div>
        <dt>
          <Link href="/services">{t('overview.services')}</Link>
        </dt>
        <dd>{count(services, language)}</dd>
      </div>
      <div>
        <dt>{t('overview.allEndpoints')}</dt>
        <dd>{count(endpoints, language)}</dd>
      </div>
      <div>
        <dt>
          <Link href="/proxies">{t('overview.proxies')}</Link>
        </dt>
        <dd>
          {count(proxies, language)}{' '}
          {proxiesRefusing > 0 && (
            <ToneBadge tone="failed">{t('overview.refusing', { count: proxiesRefusing })}</ToneBadge>
          )}
          {proxiesBehind > 0 && <ToneBadge tone="partly">{t('overview.behind', { count: proxiesBehind })}</ToneBadge>}
        </dd>
      </div>
    </dl>
  )
}
