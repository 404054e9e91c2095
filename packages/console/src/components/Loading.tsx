import { Skeleton, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'

/** What stands in the place of an answer that is on its way. */
export function Loading({ rows = 4 }: { rows?: number | undefined }) {
  const { t } = useTranslation()
  return (
    <Stack gap={10} role="status" aria-label={t('common.loading')} py={4}>
      {Array.from({ length: rows }, (_, i) => `${92 - ((i * 17) % 40)}%`).map((width, i) => (
        <Skeleton key={i} height={14} width={width} radius={4} />
      ))}
    </Stack>
  )
}
