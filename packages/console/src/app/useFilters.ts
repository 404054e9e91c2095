import { useCallback, useMemo } from 'react'
import { useSearchParams } from 'wouter'

/**
 * Filters that live in the address, so that a link shows the same and the browser's back goes back. A value equal to its
 * default is left out. Typing in a search replaces the entry of the history, choosing makes a new one.
 */
export function useFilters<T extends Record<string, string>>(
  defaults: T,
): [T, (change: Partial<T>, options?: { replace?: boolean }) => void] {
  const [search, setSearch] = useSearchParams()
  const text = search.toString()
  const names = Object.entries(defaults)
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  const values = useMemo(
    () => Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, search.get(name) ?? value])) as T,
    [text, names],
  )
  const change = useCallback(
    (changed: Partial<T>, options?: { replace?: boolean }) =>
      setSearch(before => {
        const next = new URLSearchParams(before)
        for (const [name, value] of Object.entries(changed))
          if (value === undefined || value === defaults[name]) next.delete(name)
          else next.set(name, value)
        return next
      }, options),
    [setSearch, names],
  )
  return [values, change]
}
