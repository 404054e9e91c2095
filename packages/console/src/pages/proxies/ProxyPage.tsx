import { Button, SegmentedControl } from '@mantine/core'
import { IconGitCompare } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useParams } from 'wouter'
import { useApi, useLive } from '../../api/queries.ts'
import { useFilters } from '../../app/useFilters.ts'
import { CopyCommand } from '../../components/CopyCommand.tsx'
import { DataState } from '../../components/DataState.tsx'
import { PageFrame } from '../../components/PageFrame.tsx'
import { Panel } from '../../components/Panel.tsx'
import { SearchField } from '../../components/SearchField.tsx'
import { commandOf } from '../../format/shell.ts'
import { Comparison } from './Comparison.tsx'
import styles from './Proxies.module.css'
import { ProxyFacts } from './ProxyFacts.tsx'

const types = ['clusters', 'endpoints', 'listeners', 'routes', 'secrets'] as const
/** More than this is found by searching, not by scrolling. */
const mostShown = 300

/** One proxy: what is meant for it, and, when asked, what it holds. */
export default function ProxyPage() {
  const { t } = useTranslation()
  // wouter leaves %2F as it is, for it would be another segment.
  const proxy = (useParams<{ proxy: string }>().proxy ?? '').replaceAll('%2F', '/')
  useLive('proxies')
  const [filters, setFilters] = useFilters({ type: 'clusters', search: '', compare: '' })
  const config = useApi('getProxyConfig', {
    params: { proxy },
    query: { type: filters.type, search: filters.search },
  })
  return (
    <PageFrame
      title={proxy.split('/').at(-1) ?? proxy}
      actions={
        <>
          <Button
            variant="default"
            leftSection={<IconGitCompare size={15} aria-hidden />}
            aria-pressed={filters.compare !== ''}
            onClick={() => setFilters({ compare: filters.compare ? '' : 'yes' })}
          >
            {t('proxies.compare')}
          </Button>
          <CopyCommand
            commands={[commandOf('isthmus', 'proxy', 'config', proxy, '--type', filters.type, '-o', 'json')]}
          />
        </>
      }
    >
      <ProxyFacts proxy={proxy} />
      {filters.compare && <Comparison proxy={proxy} />}
      <Panel
        flush
        title={t('proxies.config')}
        text={t('proxies.configText')}
        aside={
          <>
            <SegmentedControl
              size="xs"
              aria-label={t('proxies.config')}
              data={types.map(type => ({ value: type, label: t(`proxies.plural.${type}`) }))}
              value={filters.type}
              onChange={type => setFilters({ type })}
            />
            <SearchField value={filters.search} onChange={search => setFilters({ search }, { replace: true })} />
          </>
        }
      >
        <DataState query={config} rows={8}>
          {data => {
            const all = data[filters.type] ?? []
            if (all.length === 0) return <p className={styles.none}>{t('common.nothingFound')}</p>
            return (
              <>
                {all.slice(0, mostShown).map(resource => (
                  <details key={resource.name} className={styles.resource}>
                    <summary>{resource.name}</summary>
                    <pre className={styles.config} tabIndex={0}>
                      {JSON.stringify('config' in resource ? resource.config : resource, null, 2)}
                    </pre>
                  </details>
                ))}
                {all.length > mostShown && (
                  <p className={styles.none}>{t('proxies.more', { shown: mostShown, total: all.length })}</p>
                )}
              </>
            )
          }}
        </DataState>
      </Panel>
    </PageFrame>
  )
}
