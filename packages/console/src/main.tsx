import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './app/tokens.css'
import './app/base.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/App.tsx'
import { nonce } from './app/nonce.ts'
import { startI18n } from './i18n/index.ts'

// A library behind dialogs asks for its style element's nonce under this name.
Object.assign(globalThis, { __webpack_nonce__: nonce() })

await startI18n()
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
