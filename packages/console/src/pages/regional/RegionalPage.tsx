import { Alert } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useApi, useLive } from '../../api/queries.ts'
import { useDenied, useSession } from '../../api/session.ts'
import { useFilters } from '../../app/useFilters.ts'
import { DataState } from '../../components/DataState.tsx'
import { FindingList } from '../../components/FindingList.tsx'
import { PageFrame } from '../../components/PageFrame.tsx'
import { Panel } from '../../components/Panel.tsx'
import { shortHost } from '../../format/host.ts'
import { targetOf } from '../../policy/target.ts'
import { MatrixPanel } from './MatrixPanel.tsx'
import { PolicyEditor } from './PolicyEditor.tsx'
import { ServiceRegionsPanel } from './ServiceRegionsPanel.tsx'
import { TargetSelect } from './TargetSelect.tsx'

/** Failover and distribution between regions: rules, what they come to, what a change would move. */
export default function RegionalPage() {
  const { t } = useTranslation()
  const { mesh } = useSession()
  const denied = useDenied('editRegionalTraffic')
  useLive('regional-traffic', 'matrix')
  const [{ service }, setFilters] = useFilters({ service: '' })
  const traffic = useApi('getRegionalTraffic', { query: { limit: 1, ...(service && { service }) } })
  return (
    <PageFrame
      title={service ? t('regional.editFor', { service: shortHost(service) }) : t('regional.title')}
      at={traffic.data?.at}
      actions={<TargetSelect service={service} onChange={next => setFilters({ service: next })} />}
    >
      {denied !== undefined && (
        <Alert icon={<IconLock size={16} aria-hidden />} color="gray" role="status">
          {denied}
        </Alert>
      )}
      <DataState query={traffic} rows={12}>
        {data => {
          const target = targetOf(data.policies, service, mesh.rootNamespace)
          const findings = data.findings.filter(
            f => f.object.name === target.name && f.object.namespace === target.namespace,
          )
          return (
            <>
              <PolicyEditor
                key={`${target.namespace}/${target.name}/${service}`}
                target={target}
                regions={data.regions}
                locked={denied !== undefined}
              />
              {findings.length > 0 && (
                <Panel title={t('common.findings')}>
                  <FindingList findings={findings} />
                </Panel>
              )}
            </>
          )
        }}
      </DataState>
      <MatrixPanel service={service} />
      <ServiceRegionsPanel service={service} onEdit={next => setFilters({ service: next })} />
    </PageFrame>
  )
}
