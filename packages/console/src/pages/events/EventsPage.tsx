import type { Event, Response } from '@isthmus/api'
import { Button, Group, Select } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../api/client.ts'
import type { ApiError } from '../../api/problem.ts'
import { useApi, useLive } from '../../api/queries.ts'
import { useRegions } from '../../app/Regions.tsx'
import { useFilters } from '../../app/useFilters.ts'
import { useLanguage } from '../../app/useLanguage.ts'
import { CopyCommand } from '../../components/CopyCommand.tsx'
import { Empty } from '../../components/Empty.tsx'
import { Loading } from '../../components/Loading.tsx'
import { PageFrame } from '../../components/PageFrame.tsx'
import { Panel } from '../../components/Panel.tsx'
import { ProblemView } from '../../components/ProblemView.tsx'
import { SearchField } from '../../components/SearchField.tsx'
import { count } from '../../format/figures.ts'
import { commandOf } from '../../format/shell.ts'
import { byDay } from './days.ts'
import { EventRow } from './EventRow.tsx'
import styles from './Events.module.css'

const kinds = ['policy', 'rule', 'region', 'cluster', 'refusal', 'proxy', 'push', 'endpoints', 'control-plane'] as const
const pageSize = 100

/** One timeline of everything that happened, newest first. `at` in the address is the moment a link leads to. */
export default function EventsPage() {
  const { t } = useTranslation()
  const language = useLanguage()
  const regions = useRegions()
  useLive('events')
  const [filters, setFilters] = useFilters({ kind: '', region: '', service: '', at: '' })
  const { at, ...asked } = filters
  // The stream brings the newest events under this key; the list below is taken anew when it does.
  const newest = useApi('listEvents')
  const list = useInfiniteQuery<Response<'listEvents'>, ApiError>({
    queryKey: ['listEvents', {}, asked],
    queryFn: ({ pageParam, signal }) =>
      call('listEvents', {
        query: { ...asked, limit: pageSize, ...(pageParam !== undefined && { before: pageParam as number }) },
        signal,
      }),
    initialPageParam: undefined,
    getNextPageParam: last => (last.events.length < pageSize ? undefined : last.events.at(-1)?.id),
  })
  const events: readonly Event[] = list.data?.pages.flatMap(page => page.events) ?? []
  const dropped = list.data?.pages[0]?.dropped ?? 0
  const wanted = at === '' ? undefined : Number(at)
  const reached = wanted === undefined || events.some(event => event.id <= wanted)
  useEffect(() => {
    if (!reached && list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage()
  }, [reached, list.hasNextPage, list.isFetchingNextPage, list.fetchNextPage])
  const filtered = Object.values(asked).some(value => value !== '')
  return (
    <PageFrame
      title={t('pages.events')}
      at={list.dataUpdatedAt || undefined}
      actions={<CopyCommand commands={[commandOf('isthmus', 'events', '--follow')]} />}
    >
      <Panel
        flush
        title={t('events.title')}
        text={t('events.text')}
        aside={
          <Group gap={8}>
            <Select
              aria-label={t('events.kind')}
              w={160}
              data={[
                { value: '', label: t('events.anyKind') },
                ...kinds.map(kind => ({ value: kind, label: t(`events.kinds.${kind}`) })),
              ]}
              value={filters.kind}
              onChange={kind => setFilters({ kind: kind ?? '' })}
            />
            <Select
              aria-label={t('events.region')}
              w={160}
              data={[{ value: '', label: t('common.allRegions') }, ...regions]}
              value={filters.region}
              onChange={region => setFilters({ region: region ?? '' })}
            />
            <SearchField
              label={t('events.service')}
              value={filters.service}
              onChange={service => setFilters({ service }, { replace: true })}
            />
          </Group>
        }
      >
        {list.error && !list.data && <ProblemView error={list.error} onRetry={() => void list.refetch()} />}
        {!list.data && !list.error && <Loading rows={12} />}
        {list.data && events.length === 0 && (
          <Empty
            title={filtered ? t('common.nothingFound') : t('events.empty')}
            text={newest.data && !filtered ? t('events.emptyText') : undefined}
          />
        )}
        {byDay(events, language).map(({ day, events: those }) => (
          <section key={day} aria-label={day}>
            <h3 className={styles.day}>{day}</h3>
            <ol className={styles.list}>
              {those.map(event => (
                <EventRow key={event.id} event={event} marked={event.id === wanted} />
              ))}
            </ol>
          </section>
        ))}
        {list.hasNextPage && (
          <div className={styles.more}>
            <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t('events.older')}
            </Button>
          </div>
        )}
        {list.data && !list.hasNextPage && dropped > 0 && (
          <p className={styles.end}>{t('events.dropped', { count: dropped, total: count(dropped, language) })}</p>
        )}
      </Panel>
    </PageFrame>
  )
}
