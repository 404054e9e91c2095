import { Button, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Redirect, useLocation, useSearchParams } from 'wouter'
import { call } from '../api/client.ts'
import { CommandLine } from '../components/CopyCommand.tsx'
import { ProblemView } from '../components/ProblemView.tsx'
import { Logo } from './Logo.tsx'
import { localPath } from './localPath.ts'
import styles from './SignIn.module.css'

/** Sign-in with a token, or with a link's code, which stands behind `#` so that no server log has it. */
export function SignIn({ signedIn }: { signedIn: boolean }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [, navigate] = useLocation()
  const [search] = useSearchParams()
  const [token, setToken] = useState('')
  const [code] = useState(() => window.location.hash.slice(1))
  const to = localPath(search.get('to'))
  const enter = useMutation({
    mutationFn: (by: { token: string } | { code: string }) =>
      'code' in by ? call('signInByLink', { body: by }) : call('signIn', { body: by }),
    onSuccess: session => {
      queries.clear()
      queries.setQueryData(['getSession'], session)
      navigate(to, { replace: true })
    },
  })
  const tried = useRef(false)
  const { mutate } = enter
  useEffect(() => {
    if (!code || tried.current) return
    tried.current = true
    window.history.replaceState(null, '', window.location.pathname + window.location.search)
    mutate({ code })
  }, [code, mutate])
  useEffect(() => {
    document.title = `${t('common.signIn.title')} · Isthmus`
  }, [t])
  if (signedIn && !code) return <Redirect to={to} replace />
  if (code && !enter.error) return <main className={styles.page}>{t('common.signIn.link')}</main>
  return (
    <main className={styles.page}>
      <form
        className={styles.card}
        onSubmit={event => {
          event.preventDefault()
          if (token.trim()) enter.mutate({ token: token.trim() })
        }}
      >
        <Stack gap={14}>
          <Logo size={40} />
          <Title order={1}>{t('common.signIn.title')}</Title>
          <Text size="sm" c="var(--i-ink-2)">
            {t('common.signIn.text')}
          </Text>
          {code && (
            <Text size="sm" c="var(--i-partly)">
              {t('common.signIn.linkFailed')}
            </Text>
          )}
          {enter.error && <ProblemView error={enter.error} />}
          <PasswordInput
            label={t('common.signIn.token')}
            value={token}
            onChange={event => setToken(event.currentTarget.value)}
            autoComplete="off"
            size="sm"
          />
          <Button type="submit" size="sm" loading={enter.isPending} disabled={!token.trim()}>
            {t('common.signIn.submit')}
          </Button>
          <Text size="xs" c="dimmed">
            {t('common.signIn.how')}
          </Text>
          <CommandLine command="kubectl --context mesh -n istio-system create token isthmus-admin" />
        </Stack>
      </form>
    </main>
  )
}
