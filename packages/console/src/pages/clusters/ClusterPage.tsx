import { Tabs } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useParams } from 'wouter'
import { useApi, useLive } from '../../api/queries.ts'
import { useFilters } from '../../app/useFilters.ts'
import { CopyCommand } from '../../components/CopyCommand.tsx'
import { DataState } from '../../components/DataState.tsx'
import { PageFrame } from '../../components/PageFrame.tsx'
import { Panel } from '../../components/Panel.tsx'
import { commandOf } from '../../format/shell.ts'
import { ClusterFacts } from './ClusterFacts.tsx'
import { ClusterState } from './ClusterState.tsx'
import { Diagnosis } from './Diagnosis.tsx'
import { Namespaces } from './Namespaces.tsx'
import { Nodes } from './Nodes.tsx'
import { Pods } from './Pods.tsx'
import { RemoveCluster } from './RemoveCluster.tsx'
import { Workloads } from './Workloads.tsx'

const tabs = { workloads: Workloads, pods: Pods, namespaces: Namespaces, nodes: Nodes } as const
type Tab = keyof typeof tabs

/** One member cluster: its diagnosis, and what runs in it. */
export default function ClusterPage() {
  const { t } = useTranslation()
  const { cluster = '' } = useParams<{ cluster: string }>()
  useLive('clusters', 'services')
  const [{ tab }, setFilters] = useFilters({ tab: 'workloads' })
  const all = useApi('listClusters')
  return (
    <PageFrame
      title={cluster}
      at={all.data?.at}
      actions={
        <>
          <CopyCommand
            commands={[
              commandOf('isthmus', 'cluster', 'list'),
              commandOf('kubectl', '--context', cluster, 'get', tab, '-A'),
            ]}
          />
          <RemoveCluster cluster={cluster} />
        </>
      }
    >
      <DataState query={all} rows={8}>
        {data => {
          const row = data.clusters.find(one => one.name === cluster)
          if (!row) return <Panel title={cluster}>{t('clusters.notThere')}</Panel>
          const Content = tabs[tab as Tab] ?? Workloads
          return (
            <>
              <Panel title={t('clusters.diagnosis')} aside={<ClusterState cluster={row} />}>
                <ClusterFacts cluster={row} />
                <Diagnosis cluster={row} />
              </Panel>
              {/* Of a cluster whose API never spoke there is nothing to show yet. */}
              {row.lastContact !== undefined && (
                <Tabs value={tab} onChange={value => setFilters({ tab: value ?? 'workloads' })} keepMounted={false}>
                  <Tabs.List aria-label={cluster}>
                    {(Object.keys(tabs) as Tab[]).map(name => (
                      <Tabs.Tab key={name} value={name}>
                        {t(`clusters.tabs.${name}`)}
                      </Tabs.Tab>
                    ))}
                  </Tabs.List>
                  <Tabs.Panel value={tab} pt={12}>
                    <Content cluster={cluster} />
                  </Tabs.Panel>
                </Tabs>
              )}
            </>
          )
        }}
      </DataState>
    </PageFrame>
  )
}
