import type { Event } from '@isthmus/api'
import { useTranslation } from 'react-i18next'
import { useApi, useLive } from '../../api/queries.ts'
import { DataState } from '../../components/DataState.tsx'
import { type Column, DataTable } from '../../components/DataTable.tsx'
import { PageFrame } from '../../components/PageFrame.tsx'
import { Panel } from '../../components/Panel.tsx'
import { TimeAgo } from '../../components/TimeAgo.tsx'

/** What happened, newest first. */
export default function EventsPage() {
  const { t } = useTranslation()
  useLive('events')
  const events = useApi('listEvents')
  const columns: readonly Column<Event>[] = [
    { id: 'at', header: t('events.at'), width: '120px', cell: row => <TimeAgo at={row.at} /> },
    { id: 'kind', header: t('events.kind'), width: '120px', cell: row => row.kind },
    { id: 'text', header: t('events.text'), cell: row => row.text },
    { id: 'who', header: t('events.who'), cell: row => row.who },
  ]
  return (
    <PageFrame title={t('pages.events')}>
      <Panel title={t('pages.events')} flush>
        <DataState query={events}>
          {data => (
            <DataTable label={t('pages.events')} columns={columns} rows={data.events} keyOf={row => String(row.id)} />
          )}
        </DataState>
      </Panel>
    </PageFrame>
  )
}
