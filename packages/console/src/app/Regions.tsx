import { createContext, type ReactNode, useContext, useMemo } from 'react'
import { useApi } from '../api/queries.ts'
import { regionColor } from './regions.ts'

const Known = createContext<readonly string[]>([])

/** All regions of the mesh, for those who show one. */
export function RegionsProvider({ children }: { children: ReactNode }) {
  const { data } = useApi('listRegions')
  const names = data?.regions.map(r => r.region).join('\n') ?? ''
  const known = useMemo(() => (names ? names.split('\n') : []), [names])
  return <Known value={known}>{children}</Known>
}

export const useRegions = (): readonly string[] => useContext(Known)

/** The identity colour of a region, as CSS. */
export function useRegionColor(): (region: string) => string {
  const known = useRegions()
  return region => regionColor(region, known)
}
