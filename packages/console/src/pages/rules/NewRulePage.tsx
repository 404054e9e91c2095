import { useTranslation } from 'react-i18next'
import { useParams } from 'wouter'
import { useApi } from '../../api/queries.ts'
import { DataState } from '../../components/DataState.tsx'
import { PageFrame } from '../../components/PageFrame.tsx'
import { RuleEditor } from './RuleEditor.tsx'
import { templateOf } from './templates.ts'

/** A new object of a kind. */
export default function NewRulePage() {
  const { t } = useTranslation()
  const { kind = '' } = useParams<{ kind: string }>()
  const kinds = useApi('listKinds')
  return (
    <PageFrame title={t('rules.create', { kind })}>
      <DataState query={kinds} rows={14}>
        {data => (
          <RuleEditor
            key={kind}
            kind={kind}
            template={templateOf(kind, data.kinds.find(one => one.kind === kind)?.apiVersion ?? '')}
            findings={[]}
            onReload={() => {}}
          />
        )}
      </DataState>
    </PageFrame>
  )
}
