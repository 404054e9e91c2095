import type { ObjectRow } from '@isthmus/api'
import { IconPlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import { call } from '../../api/client.ts'
import { useApi } from '../../api/queries.ts'
import { usePages } from '../../api/usePages.ts'
import { useFilters } from '../../app/useFilters.ts'
import { useLanguage } from '../../app/useLanguage.ts'
import { CopyCommand } from '../../components/CopyCommand.tsx'
import type { Column } from '../../components/DataTable.tsx'
import { Empty } from '../../components/Empty.tsx'
import { GuardedButton } from '../../components/GuardedButton.tsx'
import { PagedTable } from '../../components/PagedTable.tsx'
import { PageFrame } from '../../components/PageFrame.tsx'
import { Panel } from '../../components/Panel.tsx'
import { SearchField } from '../../components/SearchField.tsx'
import { TimeAgo } from '../../components/TimeAgo.tsx'
import { ToneBadge } from '../../components/ToneBadge.tsx'
import { count } from '../../format/figures.ts'
import { actionFor, pageOf } from './about.ts'
import { KindList } from './KindList.tsx'
import styles from './Rules.module.css'

const pageSize = 200

/** Objects of the mesh API, kind by kind. */
export default function RulesPage() {
  const { t } = useTranslation()
  const language = useLanguage()
  const [, go] = useLocation()
  const [{ kind, search }, setFilters] = useFilters({ kind: 'VirtualService', search: '' })
  const kinds = useApi('listKinds')
  const known = kinds.data?.kinds.find(one => one.kind === kind)
  const list = usePages(
    ['listObjects', kind, search],
    (offset, signal) => call('listObjects', { params: { kind }, query: { search, limit: pageSize, offset }, signal }),
    page => page.objects,
  )
  const columns: readonly Column<ObjectRow>[] = [
    {
      id: 'name',
      header: t('rules.name'),
      cell: row => (
        <span className={styles.name}>
          <Link href={pageOf(row.kind, row.namespace, row.name)}>{row.name}</Link>
        </span>
      ),
    },
    { id: 'namespace', header: t('rules.namespace'), width: '150px', cell: row => row.namespace },
    {
      id: 'about',
      header: t('rules.about'),
      width: '34%',
      cell: row => <span className={styles.dim}>{row.about}</span>,
    },
    {
      id: 'findings',
      header: t('common.findings'),
      width: '110px',
      cell: row =>
        row.findings.length > 0 && (
          <ToneBadge tone={row.findings.some(finding => finding.severity === 'error') ? 'failed' : 'partly'}>
            {count(row.findings.length, language)}
          </ToneBadge>
        ),
    },
    {
      id: 'age',
      header: t('rules.created'),
      width: '110px',
      align: 'right',
      cell: row => row.createdAt && <TimeAgo at={Date.parse(row.createdAt)} />,
    },
  ]
  return (
    <PageFrame
      title={t('pages.rules')}
      at={list.updatedAt}
      actions={
        <>
          <CopyCommand commands={[`kubectl --context mesh get ${known?.plural ?? kind.toLowerCase()} -A`]} />
          <GuardedButton
            action={actionFor(kind)}
            leftSection={<IconPlus size={15} aria-hidden />}
            onClick={() => go(`/rules/${kind}/new`)}
          >
            {t('rules.create', { kind })}
          </GuardedButton>
        </>
      }
    >
      <div className={styles.split}>
        <KindList chosen={kind} />
        <Panel
          flush
          title={kind}
          text={known?.description}
          aside={<SearchField value={search} onChange={text => setFilters({ search: text }, { replace: true })} />}
        >
          <PagedTable
            loadingRows={8}
            pages={list}
            label={kind}
            columns={columns}
            keyOf={row => `${row.namespace}/${row.name}`}
            maxHeight="calc(100vh - 190px)"
            empty={search ? undefined : <Empty title={t('rules.empty', { kind })} text={known?.description} />}
          />
        </Panel>
      </div>
    </PageFrame>
  )
}
