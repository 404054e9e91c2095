import type { NetworkItem } from '@isthmus/api'
import { useTranslation } from 'react-i18next'
import { type Column, DataTable } from '../../components/DataTable.tsx'
import { Panel } from '../../components/Panel.tsx'

type Rule = NonNullable<NetworkItem['rules']>[number] & { readonly group: string; readonly place: number }

/** What security groups let in; everything else from outside a group is dropped. */
export function SecurityRules({ items }: { items: readonly NetworkItem[] }) {
  const { t } = useTranslation()
  const rules: readonly Rule[] = items.flatMap(item =>
    (item.rules ?? []).map((rule, place) => ({ ...rule, group: item.name, place })),
  )
  if (rules.length === 0) return null
  const columns: readonly Column<Rule>[] = [
    { id: 'group', header: t('network.group'), cell: row => row.group },
    { id: 'protocol', header: t('network.protocol'), width: '110px', cell: row => row.protocol },
    { id: 'ports', header: t('network.ports'), width: '130px', cell: row => row.ports },
    { id: 'source', header: t('network.from'), width: '200px', cell: row => row.source },
    { id: 'description', header: t('network.about'), cell: row => row.description },
  ]
  return (
    <Panel flush title={t('network.rules')} text={t('network.rulesText')}>
      <DataTable
        label={t('network.rules')}
        columns={columns}
        rows={rules}
        keyOf={row => `${row.group} ${row.place}`}
        maxHeight="40vh"
      />
    </Panel>
  )
}
