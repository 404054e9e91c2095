import type { NamespaceRow } from '@isthmus/api'
import { Select, Tooltip } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { call } from '../../api/client.ts'
import { useApi } from '../../api/queries.ts'
import { useDenied } from '../../api/session.ts'
import { CopyCommand } from '../../components/CopyCommand.tsx'
import { DataState } from '../../components/DataState.tsx'
import { type Column, DataTable } from '../../components/DataTable.tsx'
import { Panel } from '../../components/Panel.tsx'
import { ProblemView } from '../../components/ProblemView.tsx'
import { commandOf } from '../../format/shell.ts'

const choices = ['enabled', 'disabled', 'unset'] as const
type Injection = NamespaceRow['injection']

/** Namespaces and whether their pods get sidecars. */
export function Namespaces({ cluster }: { cluster: string }) {
  const { t } = useTranslation()
  const denied = useDenied('setInjection')
  const namespaces = useApi('listNamespaces', { params: { cluster } })
  const setting = useMutation({
    mutationFn: ({ namespace, injection }: { namespace: string; injection: Injection }) =>
      call('setInjection', { params: { cluster, namespace }, body: { injection } }),
    onSettled: () => void namespaces.refetch(),
  })
  const columns: readonly Column<NamespaceRow>[] = [
    { id: 'name', header: t('clusters.namespace'), cell: row => row.name },
    {
      id: 'injection',
      header: t('clusters.injection'),
      width: '220px',
      cell: row => (
        <Tooltip label={denied} disabled={denied === undefined}>
          <Select
            aria-label={t('clusters.injectionOf', { namespace: row.name })}
            w={170}
            data={choices.map(value => ({ value, label: t(`clusters.injectionIs.${value}`) }))}
            value={row.injection}
            disabled={denied !== undefined || setting.isPending}
            onChange={value => value && setting.mutate({ namespace: row.name, injection: value as Injection })}
          />
        </Tooltip>
      ),
    },
    {
      id: 'pods',
      header: t('clusters.podsWithSidecar'),
      align: 'right',
      width: '180px',
      cell: row => t('common.of', { part: row.podsWithSidecar, all: row.pods }),
    },
    {
      id: 'command',
      header: '',
      width: '60px',
      align: 'right',
      cell: row => (
        <CopyCommand
          small
          commands={[
            commandOf(
              'kubectl',
              '--context',
              cluster,
              'label',
              'namespace',
              row.name,
              'istio-injection=enabled',
              '--overwrite',
            ),
          ]}
        />
      ),
    },
  ]
  return (
    <Panel flush title={t('clusters.tabs.namespaces')} text={t('clusters.injectionText')}>
      {setting.error && <ProblemView error={setting.error} />}
      <DataState query={namespaces} rows={4}>
        {data => (
          <DataTable
            label={t('clusters.tabs.namespaces')}
            columns={columns}
            rows={data.namespaces}
            keyOf={row => row.name}
            rowHeight={50}
          />
        )}
      </DataState>
    </Panel>
  )
}
