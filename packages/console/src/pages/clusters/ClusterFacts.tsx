import type { ClusterRow } from '@isthmus/api'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useLanguage } from '../../app/useLanguage.ts'
import { RegionTag } from '../../components/RegionTag.tsx'
import { TimeAgo } from '../../components/TimeAgo.tsx'
import { count } from '../../format/figures.ts'
import styles from './Clusters.module.css'

/** What is known of a cluster; how old that is stands first. */
export function ClusterFacts({ cluster }: { cluster: ClusterRow }) {
  const { t } = useTranslation()
  const language = useLanguage()
  return (
    <dl className={styles.facts}>
      <Fact name={t('clusters.lastContact')}>
        {cluster.lastContact ? <TimeAgo at={cluster.lastContact} /> : t('clusters.never')}
      </Fact>
      <Fact name={t('clusters.region')}>
        <RegionTag region={cluster.region} quiet />
      </Fact>
      <Fact name={t('clusters.version')}>{cluster.version ?? '–'}</Fact>
      <Fact name={t('clusters.nodes')}>{cluster.nodes === undefined ? '–' : count(cluster.nodes, language)}</Fact>
      <Fact name={t('clusters.endpoints')}>{count(cluster.endpoints, language)}</Fact>
      <Fact name={t('clusters.proxies')}>{count(cluster.proxies, language)}</Fact>
      <Fact name={t('clusters.pods')}>{cluster.podCIDRs.join(', ') || '–'}</Fact>
      <Fact name={t('clusters.services')}>{cluster.serviceCIDRs.join(', ') || '–'}</Fact>
      <Fact name="API">{cluster.server ?? '–'}</Fact>
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
