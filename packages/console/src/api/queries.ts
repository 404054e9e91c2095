import type { OperationId, Response, Topic } from '@isthmus/api'
import { keepPreviousData, QueryClient, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { call, type Input } from './client.ts'
import { type Connection, connection } from './connection.ts'
import { LiveStream } from './live.ts'
import type { ApiError } from './problem.ts'

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: false, staleTime: 2000, gcTime: 10 * 60_000, networkMode: 'always', refetchOnWindowFocus: true },
    mutations: { networkMode: 'always' },
  },
})

export const live = new LiveStream(queryClient)

/** The key under which an answer is kept: the operation alone where nothing more was asked. */
export function keyOf(id: OperationId, input: { params?: unknown; query?: unknown } = {}): readonly unknown[] {
  const bare = !input.params && !input.query
  return bare ? [id] : [id, input.params ?? {}, input.query ?? {}]
}

/** An operation's answer, kept and taken anew when a topic says that it is old. */
export function useApi<Id extends OperationId>(
  id: Id,
  input: Pick<Input<Id>, 'params' | 'query'> & { readonly enabled?: boolean } = {},
): UseQueryResult<Response<Id>, ApiError> {
  const { enabled = true, ...asked } = input
  return useQuery<Response<Id>, ApiError>({
    queryKey: keyOf(id, asked),
    queryFn: ({ signal }) => call(id, { ...asked, signal } as Input<Id>),
    placeholderData: keepPreviousData,
    enabled,
  })
}

/** Keeps these topics coming while the component is there. */
export function useLive(...topics: readonly Topic[]): void {
  const asked = topics.join(',')
  useEffect(() => live.want(asked.split(',') as Topic[]), [asked])
}

export function useConnection(): Connection {
  return useSyncExternalStore(connection.subscribe, connection.get)
}
