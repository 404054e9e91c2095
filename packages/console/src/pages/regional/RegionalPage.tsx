import { useTranslation } from 'react-i18next'
import { useApi, useLive } from '../../api/queries.ts'
import { DataState } from '../../components/DataState.tsx'
import { PageFrame } from '../../components/PageFrame.tsx'
import { Panel } from '../../components/Panel.tsx'

export default function RegionalPage() {
  const { t } = useTranslation()
  useLive('regional-traffic', 'matrix')
  const traffic = useApi('getRegionalTraffic')
  return (
    <PageFrame title={t('regional.title')} at={traffic.data?.at}>
      <Panel title={t('regional.title')}>
        <DataState query={traffic}>{data => data.policies.map(p => p.metadata.name).join(', ')}</DataState>
      </Panel>
    </PageFrame>
  )
}
