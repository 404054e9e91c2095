import { IconPlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { useApi, useLive } from '../../api/queries.ts'
import { useFilters } from '../../app/useFilters.ts'
import { CopyCommand } from '../../components/CopyCommand.tsx'
import { DataState } from '../../components/DataState.tsx'
import { Empty } from '../../components/Empty.tsx'
import { GuardedButton } from '../../components/GuardedButton.tsx'
import { PageFrame } from '../../components/PageFrame.tsx'
import { Panel } from '../../components/Panel.tsx'
import { AddCluster } from './AddCluster.tsx'
import { ClusterFacts } from './ClusterFacts.tsx'
import { ClusterState } from './ClusterState.tsx'
import styles from './Clusters.module.css'
import { Diagnosis } from './Diagnosis.tsx'

/** Member clusters: how old what is known of each is, and what is wrong with those that are not ready. */
export default function ClustersPage() {
  const { t } = useTranslation()
  useLive('clusters')
  const [{ add }, setFilters] = useFilters({ add: '' })
  const clusters = useApi('listClusters')
  const addButton = (
    <GuardedButton
      action="addClusters"
      leftSection={<IconPlus size={15} aria-hidden />}
      onClick={() => setFilters({ add: 'yes' })}
    >
      {t('clusters.add')}
    </GuardedButton>
  )
  return (
    <PageFrame
      title={t('pages.clusters')}
      at={clusters.data?.at}
      actions={
        <>
          <CopyCommand commands={['isthmus cluster list']} />
          {addButton}
        </>
      }
    >
      <DataState query={clusters} rows={8}>
        {data =>
          data.clusters.length === 0 ? (
            <Panel title={t('pages.clusters')}>
              <Empty title={t('clusters.empty')} text={t('clusters.emptyText')} action={addButton} />
            </Panel>
          ) : (
            <div className={styles.cards}>
              {data.clusters.map(cluster => (
                <Panel
                  key={cluster.name}
                  title={<Link href={`/clusters/${encodeURIComponent(cluster.name)}`}>{cluster.name}</Link>}
                  aside={<ClusterState cluster={cluster} />}
                >
                  <ClusterFacts cluster={cluster} />
                  {!cluster.ready && <Diagnosis cluster={cluster} />}
                </Panel>
              ))}
            </div>
          )
        }
      </DataState>
      <AddCluster opened={add !== ''} onClose={() => setFilters({ add: '' })} />
    </PageFrame>
  )
}
