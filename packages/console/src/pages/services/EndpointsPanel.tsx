import type { EndpointRow } from '@isthmus/api'
import { Group, Select } from '@mantine/core'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CopyCommand } from '../../components/CopyCommand.tsx'
import { type Column, DataTable } from '../../components/DataTable.tsx'
import { Panel } from '../../components/Panel.tsx'
import { RegionTag } from '../../components/RegionTag.tsx'
import { SearchField } from '../../components/SearchField.tsx'
import { type Tone, ToneBadge } from '../../components/ToneBadge.tsx'
import { shortHost } from '../../format/host.ts'
import { commandOf } from '../../format/shell.ts'

const tones: Record<EndpointRow['health'], Tone> = { healthy: 'ok', unhealthy: 'failed', draining: 'returning' }

/** Every endpoint: where it is, what runs it, how it is. */
export function EndpointsPanel(props: {
  endpoints: readonly EndpointRow[]
  region: string
  onRegion: (region: string) => void
  service: string
}) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const regions = [...new Set(props.endpoints.map(e => e.region))].sort()
  const rows = useMemo(
    () =>
      props.endpoints.filter(
        e =>
          (!props.region || e.region === props.region) &&
          `${e.address} ${e.pod} ${e.workload} ${e.cluster} ${e.zone}`.includes(search),
      ),
    [props.endpoints, props.region, search],
  )
  const columns: readonly Column<EndpointRow>[] = [
    { id: 'pod', header: t('services.pod'), cell: e => <span className="mono">{e.pod || e.workload || '–'}</span> },
    { id: 'address', header: t('services.address'), cell: e => <code>{`${e.address}:${e.port}`}</code> },
    { id: 'region', header: t('services.region'), cell: e => <RegionTag region={e.region} quiet /> },
    { id: 'zone', header: t('services.zone'), cell: e => e.zone },
    { id: 'cluster', header: t('services.cluster'), cell: e => e.cluster },
    {
      id: 'health',
      header: t('services.health'),
      cell: e => (
        <Group gap={6}>
          <ToneBadge tone={tones[e.health]}>{t(`services.healthOf.${e.health}`)}</ToneBadge>
          {e.stale && <ToneBadge tone="partly">{t('services.stale')}</ToneBadge>}
        </Group>
      ),
    },
  ]
  const [name, namespace] = shortHost(props.service).split('.')
  const clusters = [...new Set(props.endpoints.map(e => e.cluster))]
  return (
    <Panel
      title={t('services.endpoints')}
      flush
      aside={
        <Group gap={8}>
          <Select
            aria-label={t('services.region')}
            w={160}
            data={[{ value: '', label: t('common.allRegions') }, ...regions.filter(Boolean)]}
            value={props.region}
            onChange={region => props.onRegion(region ?? '')}
          />
          <SearchField value={search} onChange={setSearch} width={190} />
          <CopyCommand
            small
            commands={clusters.map(cluster =>
              commandOf(
                ...['kubectl', '--context', cluster, '-n', namespace, 'get', 'endpointslices'],
                ...['-l', `kubernetes.io/service-name=${name}`],
              ),
            )}
          />
        </Group>
      }
    >
      <DataTable
        label={t('services.endpoints')}
        columns={columns}
        rows={rows}
        keyOf={e => `${e.cluster} ${e.address}:${e.port} ${e.portName}`}
        maxHeight="480px"
      />
    </Panel>
  )
}
