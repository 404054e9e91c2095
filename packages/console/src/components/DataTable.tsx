import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './DataTable.module.css'

export interface Column<Row> {
  readonly id: string
  readonly header: ReactNode
  readonly cell: (row: Row) => ReactNode
  /** CSS width; the rest is shared. */
  readonly width?: string
  readonly align?: 'left' | 'right'
  /** Whether a click on the header asks for this order. */
  readonly sortable?: boolean
}

/**
 * A table of any length: only the rows in sight are in the document. Rows may differ in height. `total` is of all that
 * match; `onEnd` asks for more when the last loaded row comes into sight.
 */
export function DataTable<Row>(props: {
  label: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  keyOf: (row: Row) => string
  total?: number
  onEnd?: () => void
  sort?: { readonly id: string; readonly descending?: boolean }
  onSort?: (id: string) => void
  /** CSS; the table scrolls within. */
  maxHeight?: string
  rowHeight?: number
  empty?: ReactNode
}) {
  const { t } = useTranslation()
  const { columns, rows, keyOf, onEnd, sort, onSort } = props
  const box = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => props.rowHeight ?? 37,
    getItemKey: i => keyOf(rows[i] as Row),
    overscan: 12,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? -1
  useEffect(() => {
    if (last >= rows.length - 1 && rows.length > 0 && rows.length < (props.total ?? 0)) onEnd?.()
  }, [last, rows.length, props.total, onEnd])
  if (rows.length === 0) return <>{props.empty ?? <p className={styles.none}>{t('common.nothingFound')}</p>}</>
  const above = items[0]?.start ?? 0
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0)
  return (
    <div
      ref={box}
      className={styles.box}
      style={{ maxHeight: props.maxHeight ?? '70vh' }}
      tabIndex={0}
      role="region"
      aria-label={props.label}
    >
      <table className={styles.table} aria-rowcount={(props.total ?? rows.length) + 1}>
        <thead>
          <tr>
            {columns.map(column => {
              const sorted = sort?.id === column.id
              const Arrow = sort?.descending ? IconArrowDown : IconArrowUp
              return (
                <th
                  key={column.id}
                  scope="col"
                  style={{ width: column.width, textAlign: column.align }}
                  aria-sort={sorted ? (sort?.descending ? 'descending' : 'ascending') : undefined}
                >
                  {column.sortable && onSort ? (
                    <button type="button" className={styles.sort} onClick={() => onSort(column.id)}>
                      {column.header}
                      {sorted && <Arrow size={12} aria-hidden />}
                    </button>
                  ) : (
                    column.header
                  )}
                </th>
              )
            })}
          </tr>
        </thead>
        <tbody>
          {above > 0 && <tr aria-hidden style={{ height: above }} />}
          {items.map(item => {
            const row = rows[item.index] as Row
            return (
              <tr key={item.key} data-index={item.index} ref={virtual.measureElement} aria-rowindex={item.index + 2}>
                {columns.map(column => (
                  <td key={column.id} style={{ textAlign: column.align }}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            )
          })}
          {below > 0 && <tr aria-hidden style={{ height: below }} />}
        </tbody>
      </table>
    </div>
  )
}
