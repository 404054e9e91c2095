import { useTranslation } from 'react-i18next'
import { useParams } from 'wouter'
import { useApi } from '../../api/queries.ts'
import { DataState } from '../../components/DataState.tsx'
import { PageFrame } from '../../components/PageFrame.tsx'
import { Panel } from '../../components/Panel.tsx'
import { DeleteRule } from './DeleteRule.tsx'
import { RuleEditor } from './RuleEditor.tsx'

/** One object: its YAML to edit, what is wrong with it, the versions before. */
export default function RulePage() {
  const { t } = useTranslation()
  const { kind = '', ...place } = useParams<{ kind: string; namespace: string; name: string }>()
  const namespace = place.namespace === '-' ? '' : (place.namespace ?? '')
  const name = place.name ?? ''
  const object = useApi('getObject', { params: { kind, namespace: namespace || '-', name } })
  // While another object is on its way the one before is still there.
  const read = object.data?.object.metadata.name === name && object.data.object.kind === kind ? object.data : undefined
  return (
    <PageFrame
      title={`${kind} ${namespace ? `${namespace}/` : ''}${name}`}
      at={object.dataUpdatedAt || undefined}
      actions={
        read && <DeleteRule kind={kind} namespace={namespace} name={name} resourceVersion={read.resourceVersion} />
      }
    >
      <DataState query={object} rows={14}>
        {data =>
          read ? (
            <RuleEditor
              key={`${kind} ${namespace}/${name}`}
              kind={kind}
              was={{ namespace, name, yaml: data.yaml, resourceVersion: data.resourceVersion }}
              findings={data.findings}
              onReload={() => void object.refetch()}
            />
          ) : (
            <Panel title={t('common.loading')}>{null}</Panel>
          )
        }
      </DataState>
    </PageFrame>
  )
}
