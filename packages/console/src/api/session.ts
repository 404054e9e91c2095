import type { Permission, Session } from '@isthmus/api'
import { createContext, useContext } from 'react'

export const SessionContext = createContext<Session | undefined>(undefined)

/** Who is signed in. Only inside the shell. */
export function useSession(): Session {
  const session = useContext(SessionContext)
  if (!session) throw new Error('no session here')
  return session
}

/** Undefined: allowed. Else why not, in words. */
export function useDenied(action: Permission['action']): string | undefined {
  const found = useSession().permissions.find(p => p.action === action)
  if (found?.allowed) return undefined
  return found?.why ?? action
}
