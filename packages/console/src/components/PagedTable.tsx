import type { ComponentProps, ReactNode } from 'react'
import type { Pages } from '../api/usePages.ts'
import { DataTable } from './DataTable.tsx'
import { Loading } from './Loading.tsx'
import { ProblemView } from './ProblemView.tsx'

/** A list that comes in pages as a table: the next one is asked for when the last row comes into sight. */
export function PagedTable<Row>({
  pages,
  loadingRows = 12,
  ...table
}: {
  pages: Pages<unknown, Row>
  loadingRows?: number
} & Omit<ComponentProps<typeof DataTable<Row>>, 'rows' | 'total' | 'onEnd'>): ReactNode {
  if (pages.first === undefined)
    return pages.error ? <ProblemView error={pages.error} onRetry={pages.retry} /> : <Loading rows={loadingRows} />
  return <DataTable {...table} rows={pages.rows} total={pages.total} onEnd={pages.more} />
}
