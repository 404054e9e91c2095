import { useTranslation } from 'react-i18next'
import { useParams } from 'wouter'
import { useApi, useLive } from '../../api/queries.ts'
import { DataState } from '../../components/DataState.tsx'
import { FindingList } from '../../components/FindingList.tsx'
import { PageFrame } from '../../components/PageFrame.tsx'
import { Panel } from '../../components/Panel.tsx'
import { shortHost } from '../../format/host.ts'

export default function ServicePage() {
  const { t } = useTranslation()
  const { service = '' } = useParams<{ service: string }>()
  useLive('services')
  const detail = useApi('getService', { params: { service } })
  return (
    <PageFrame title={shortHost(service)} at={detail.data?.at}>
      <Panel title={t('common.findings')}>
        <DataState query={detail}>{data => <FindingList findings={data.findings} />}</DataState>
      </Panel>
    </PageFrame>
  )
}
