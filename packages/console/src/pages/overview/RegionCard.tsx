import type { Overview, RegionStatus } from '@isthmus/api'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { useLanguage } from '../../app/useLanguage.ts'
import { HealthBar } from '../../components/HealthBar.tsx'
import { RegionTag } from '../../components/RegionTag.tsx'
import { StateBadge, stateColor } from '../../components/StateBadge.tsx'
import { TimeAgo } from '../../components/TimeAgo.tsx'
import { rate } from '../../format/figures.ts'
import { shortHost } from '../../format/host.ts'
import styles from './RegionCard.module.css'

/** One region: its state with cause and age, what arises there, what it is made of. */
export function RegionCard({ status, overview }: { status: RegionStatus; overview: Overview }) {
  const { t } = useTranslation()
  const language = useLanguage()
  // Before the first report there is no figure, and no figure is not 0.
  const measured = overview.flows.measuredAt !== undefined
  const clusters = overview.clusters.filter(c => c.region === status.region)
  const gateways = overview.gateways.filter(g => g.region === status.region)
  return (
    <article className={styles.card} style={{ borderTopColor: stateColor(status.state) }} aria-label={status.region}>
      <header className={styles.head}>
        <h3 className={styles.name}>
          <RegionTag region={status.region} />
        </h3>
        <StateBadge state={status.state} />
        <span className={styles.since}>
          <TimeAgo at={status.since} />
        </span>
      </header>
      {status.cause && <p className={styles.cause}>{status.cause}</p>}
      <dl className={styles.figures}>
        <div>
          <dt>{t('overview.requests')}</dt>
          <dd>{measured ? rate(status.requestsPerSecond, language) : '–'}</dd>
        </div>
        <div>
          <dt>{t('overview.errors')}</dt>
          <dd data-bad={status.errorsPerSecond > 0 || undefined}>
            {measured ? rate(status.errorsPerSecond, language) : '–'}
          </dd>
        </div>
      </dl>
      <HealthBar
        total={status.endpoints}
        healthy={status.healthy}
        stale={status.stale}
        label={t('overview.endpoints', { healthy: status.healthy, total: status.endpoints })}
      />
      <div className={styles.endpoints}>
        {t('overview.endpoints', { healthy: status.healthy, total: status.endpoints })}
        {status.stale > 0 && <> · {t('overview.stale', { count: status.stale })}</>}
      </div>
      {status.affected.length > 0 && (
        <ul className={styles.affected} aria-label={t('overview.affected', { count: status.affected.length })}>
          {status.affected.slice(0, 4).map(one => (
            <li key={one.service} title={one.cause}>
              <Link href={`/services/${encodeURIComponent(one.service)}?from=${encodeURIComponent(status.region)}`}>
                {shortHost(one.service)}
              </Link>
              <StateBadge state={one.state} size={12} />
            </li>
          ))}
          {status.affected.length > 4 && <li>{t('overview.affected', { count: status.affected.length })}</li>}
        </ul>
      )}
      {clusters.length + gateways.length > 0 && (
        <ul className={styles.parts}>
          {clusters.map(cluster => (
            <li key={cluster.name}>
              <Link href="/clusters">{cluster.name}</Link>
              <span data-stale={!cluster.ready || undefined}>
                {cluster.lastContact === undefined ? t('overview.noWord') : <TimeAgo at={cluster.lastContact} />}
              </span>
            </li>
          ))}
          {gateways.map(gateway => (
            <li key={`${gateway.cluster}/${gateway.name}`}>
              <Link href="/gateways">{gateway.name}</Link>
              <span className="figure">
                {gateway.address} · {rate(gateway.requestsPerSecond, language)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </article>
  )
}
