import { Alert, Button, Group, List, Text } from '@mantine/core'
import { IconAlertTriangle, IconLock, IconPlugConnectedX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../api/problem.ts'

/** What went wrong, in the server's words, with its code and what to do. */
export function ProblemView({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation()
  const api = error instanceof ApiError ? error : undefined
  const problem = api?.problem ?? { message: error instanceof Error ? error.message : String(error) }
  const Icon = api?.status === 0 ? IconPlugConnectedX : api?.status === 403 ? IconLock : IconAlertTriangle
  const title = api?.status === 0 ? t('common.lost') : api?.status === 403 ? t('common.forbidden') : t('common.failed')
  const mend = problem.mend ?? (api?.status === 0 ? t('common.lostMend') : undefined)
  return (
    <Alert
      role="alert"
      variant="light"
      color={api?.status === 0 ? 'yellow' : 'red'}
      icon={<Icon size={18} aria-hidden />}
      title={
        <Group gap={8}>
          {title}
          {problem.code && <code>{[problem.code, problem.reason].filter(Boolean).join(' ')}</code>}
        </Group>
      }
    >
      <Text size="sm" c="var(--i-ink)">
        {problem.message}
      </Text>
      {problem.fields && problem.fields.length > 0 && (
        <List size="sm" mt={6} aria-label={t('common.fields')}>
          {problem.fields.map(field => (
            <List.Item key={`${field.field} ${field.message}`}>
              <code>{field.field}</code>: {field.message}
            </List.Item>
          ))}
        </List>
      )}
      {mend && (
        <Text size="sm" mt={6} c="var(--i-ink-2)">
          <b>{t('common.mend')}:</b> {mend}
        </Text>
      )}
      {onRetry && (
        <Button mt={10} variant="default" onClick={onRetry}>
          {t('common.retry')}
        </Button>
      )}
    </Alert>
  )
}
