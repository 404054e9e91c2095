import type { ServiceDetail } from '@isthmus/api'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { HealthBar } from '../../components/HealthBar.tsx'
import { Panel } from '../../components/Panel.tsx'
import styles from './ServicePage.module.css'

/** What applies to the service, and its subsets. */
export function RulesPanel({ detail }: { detail: ServiceDetail }) {
  const { t } = useTranslation()
  return (
    <Panel title={t('services.rules')}>
      {detail.rules.length === 0 ? (
        <p className={styles.quiet}>{t('services.noRules')}</p>
      ) : (
        <ul className={styles.list}>
          {detail.rules.map(rule => (
            <li key={`${rule.kind} ${rule.namespace}/${rule.name}`}>
              <span className={styles.quiet}>{rule.kind}</span>{' '}
              <Link
                href={
                  rule.kind === 'RegionalTrafficPolicy'
                    ? `/regional-traffic?service=${encodeURIComponent(detail.service.hostname)}`
                    : `/rules/${encodeURIComponent(rule.kind)}/${encodeURIComponent(rule.namespace || '-')}/${encodeURIComponent(rule.name)}`
                }
              >
                {rule.namespace}/{rule.name}
              </Link>
            </li>
          ))}
        </ul>
      )}
      {detail.subsets.length > 0 && (
        <>
          <h3 className={styles.sub}>{t('services.subsets')}</h3>
          <ul className={styles.list}>
            {detail.subsets.map(subset => (
              <li key={subset.name} className={styles.subset}>
                <b>{subset.name}</b>
                <code>
                  {Object.entries(subset.labels)
                    .map(([k, v]) => `${k}=${v}`)
                    .join(', ')}
                </code>
                <span className={styles.subsetBar}>
                  <HealthBar
                    total={subset.endpoints}
                    healthy={subset.healthy}
                    label={t('overview.endpoints', { healthy: subset.healthy, total: subset.endpoints })}
                  />
                </span>
                <span className="figure">{t('common.of', { part: subset.healthy, all: subset.endpoints })}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  )
}
