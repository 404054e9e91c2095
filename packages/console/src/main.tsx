// In a layer: what is not in one, such as all styles of our own, comes before it in whatever order files are loaded.
import '@mantine/core/styles.layer.css'
import '@mantine/notifications/styles.layer.css'
import './app/tokens.css'
import './app/base.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { call } from './api/client.ts'
import { keyOf, queryClient } from './api/queries.ts'
import { App } from './app/App.tsx'
import { nonce } from './app/nonce.ts'
import { fetchPage } from './app/routes.ts'
import { startI18n } from './i18n/index.ts'

// A library behind dialogs asks for its style element's nonce under this name.
Object.assign(globalThis, { __webpack_nonce__: nonce() })

// What the first page needs is asked for at once, beside each other.
const { pathname } = window.location
for (const id of ['getSession', 'listRegions', ...(pathname === '/' ? (['getOverview'] as const) : [])] as const)
  if (pathname !== '/sign-in') void queryClient.prefetchQuery({ queryKey: keyOf(id), queryFn: () => call(id) })
void fetchPage(pathname)

await startI18n()
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
