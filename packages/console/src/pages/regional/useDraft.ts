import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../../api/client.ts'
import type { ApiError } from '../../api/problem.ts'
import type { Target } from '../../policy/commands.ts'
import { newPolicy, type Read, readPolicy } from '../../policy/document.ts'

/** Texts under edit by target: they outlive a look at another page. */
const kept = new Map<string, { text: string; baseVersion: string | undefined }>()

export interface Draft {
  readonly text: string
  readonly read: Read
  readonly dirty: boolean
  /** What was read; undefined where the object is not there yet. */
  readonly was: { readonly yaml: string; readonly resourceVersion: string } | undefined
  readonly error: ApiError | null
  readonly loading: boolean
  readonly change: (text: string) => void
  readonly discard: () => void
  readonly reload: () => void
}

/** The text of a policy under edit. Untouched it follows what is there; touched it keeps the version that it began with. */
export function useDraft(target: Target & { readonly there: boolean }): Draft {
  const key = `${target.namespace}/${target.name}/${target.service ?? ''}`
  const [, turn] = useState(0)
  const object = useQuery({
    queryKey: ['getObject', 'RegionalTrafficPolicy', target.namespace, target.name],
    queryFn: () =>
      call('getObject', {
        params: { kind: 'RegionalTrafficPolicy', namespace: target.namespace, name: target.name },
      }),
    enabled: target.there,
  })
  const error = object.error as ApiError | null
  // Deleted since the list was made: the same as never there.
  const there = target.there && error?.status !== 404
  const now = there ? object.data : undefined
  const base = now?.yaml ?? (there ? '' : newPolicy(target))
  const edit = kept.get(key)
  const text = edit?.text ?? base
  const set = (next: { text: string; baseVersion: string | undefined } | undefined) => {
    if (next) kept.set(key, next)
    else kept.delete(key)
    turn(n => n + 1)
  }
  return {
    text,
    read: readPolicy(text),
    dirty: edit !== undefined && edit.text !== base,
    was: now && { yaml: now.yaml, resourceVersion: edit?.baseVersion ?? now.resourceVersion },
    error: there ? error : null,
    loading: there && object.isPending,
    change: next =>
      next === base ? set(undefined) : set({ text: next, baseVersion: edit?.baseVersion ?? now?.resourceVersion }),
    discard: () => set(undefined),
    reload: () => {
      set(undefined)
      void object.refetch()
    },
  }
}
