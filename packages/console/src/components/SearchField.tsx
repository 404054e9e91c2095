import { CloseButton, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

/** A search that speaks up when typing pauses. */
export function SearchField(props: {
  value: string
  onChange: (value: string) => void
  label?: string
  width?: number
}) {
  const { t } = useTranslation()
  const [text, setText] = useState(props.value)
  const tell = useDebouncedCallback(props.onChange, 200)
  useEffect(() => setText(props.value), [props.value])
  const change = (value: string) => {
    setText(value)
    tell(value)
  }
  const label = props.label ?? t('common.search')
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      value={text}
      w={props.width ?? 240}
      leftSection={<IconSearch size={14} aria-hidden />}
      rightSection={text && <CloseButton size="xs" aria-label={t('common.clearFilters')} onClick={() => change('')} />}
      onChange={event => change(event.currentTarget.value)}
    />
  )
}
