import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Redirect, useLocation } from 'wouter'
import { setCsrfToken } from '../api/client.ts'
import { ApiError } from '../api/problem.ts'
import { queryClient, useApi } from '../api/queries.ts'
import { SessionContext } from '../api/session.ts'
import { ProblemView } from '../components/ProblemView.tsx'
import { nonce } from './nonce.ts'
import { RegionsProvider } from './Regions.tsx'
import { Shell } from './Shell.tsx'
import styles from './SignIn.module.css'
import { SignIn } from './SignIn.tsx'
import { theme } from './theme.ts'

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={nonce}>
      <QueryClientProvider client={queryClient}>
        <Notifications position="bottom-right" limit={3} />
        <Gate />
      </QueryClientProvider>
    </MantineProvider>
  )
}

/** Who is signed in sees the pages, who is not the sign-in page; both keep the address that was asked for. */
function Gate() {
  const { t } = useTranslation()
  const [location] = useLocation()
  const { data, error, refetch } = useApi('getSession')
  const signedOut = error instanceof ApiError && error.status === 401
  if (location === '/sign-in') return <SignIn signedIn={data !== undefined && !signedOut} />
  if (signedOut)
    return <Redirect to={`/sign-in?${new URLSearchParams({ to: location + window.location.search })}`} replace />
  if (data) {
    setCsrfToken(data.csrfToken)
    return (
      <SessionContext value={data}>
        <RegionsProvider>
          <Shell />
        </RegionsProvider>
      </SessionContext>
    )
  }
  return (
    <main className={styles.page}>
      <div className={styles.wide}>
        {error ? (
          <ProblemView error={error} onRetry={() => void refetch()} />
        ) : (
          <p role="status">{t('common.signIn.checking')}</p>
        )}
      </div>
    </main>
  )
}
