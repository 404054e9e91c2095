import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../api/queries.ts'
import { shortHost } from '../../format/host.ts'

/** The whole mesh, or one service, searched by the control plane. */
export function TargetSelect({ service, onChange }: { service: string; onChange: (service: string) => void }) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const [search] = useDebouncedValue(typed, 200)
  const chosen = service ? shortHost(service) : t('regional.wholeMesh')
  const list = useApi('listServices', { query: { search: search === chosen ? '' : search, limit: 50 } })
  const hosts = list.data?.services.map(s => s.hostname) ?? []
  const all = service && !hosts.includes(service) ? [service, ...hosts] : hosts
  return (
    <Select
      aria-label={t('regional.for')}
      w={280}
      searchable
      data={[{ value: '', label: t('regional.wholeMesh') }, ...all.map(value => ({ value, label: shortHost(value) }))]}
      value={service}
      onSearchChange={setTyped}
      filter={({ options }) => options}
      onChange={value => onChange(value ?? '')}
      maxDropdownHeight={320}
    />
  )
}
