import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import type { ApiError } from './problem.ts'

/** A list that comes in pages, as far as it has come. */
export interface Pages<Page, Row> {
  /** Undefined before the first answer. */
  readonly first: Page | undefined
  readonly rows: readonly Row[]
  /** Of all that match. */
  readonly total: number
  readonly error: ApiError | null
  /** When the newest answer came, milliseconds since the epoch; undefined before the first. */
  readonly updatedAt: number | undefined
  more(): void
  retry(): void
}

/**
 * Asks page by page, the rows before staying in sight while other filters are asked for.
 *
 * @param key the operation, then all that the answer depends on
 */
export function usePages<Page extends { readonly offset: number; readonly total: number }, Row>(
  key: readonly unknown[],
  ask: (offset: number, signal: AbortSignal) => Promise<Page>,
  rowsOf: (page: Page) => readonly Row[],
): Pages<Page, Row> {
  const list = useInfiniteQuery<Page, ApiError>({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => ask(pageParam as number, signal),
    initialPageParam: 0,
    getNextPageParam: last => {
      const rows = rowsOf(last).length
      const next = last.offset + rows
      return next < last.total && rows > 0 ? next : undefined
    },
    placeholderData: keepPreviousData,
  })
  const pages = list.data?.pages ?? []
  return {
    first: pages[0],
    rows: pages.flatMap(rowsOf),
    total: pages[0]?.total ?? 0,
    error: list.error,
    updatedAt: list.dataUpdatedAt || undefined,
    more: () => !list.isFetchingNextPage && void list.fetchNextPage(),
    retry: () => void list.refetch(),
  }
}
