import { stringify } from 'yaml'

/** Prints a value as `-o json|yaml` asks. */
export function print(value: unknown, format: string): void {
  if (format !== 'json' && format !== 'yaml') throw new Error(`-o takes json or yaml, not ${format}`)
  console.log(format === 'json' ? JSON.stringify(value, null, 2) : stringify(value).trimEnd())
}

/** Columns padded to their widest cell, as kubectl prints them. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map(row => (row[column] ?? '').length)))
  return all
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .join('\n')
}

/** How long ago, as kubectl says it: 42s, 5m, 3h, 2d. */
export function age(since: number, now = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - since) / 1000))
  if (seconds < 120) return `${seconds}s`
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)}h`
  return `${Math.floor(seconds / 86_400)}d`
}
