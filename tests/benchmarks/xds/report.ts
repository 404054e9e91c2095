import { cpus, loadavg } from 'node:os'
import type { Verdict } from './goals.ts'

export interface Section {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** A sentence below the table. */
  readonly note?: string
}

/**
 * What a run found: tables for people, each printed as soon as it is there (a long run may be ended early), then goals and
 * what was seen of them, and everything as data.
 */
export class Report {
  readonly #markdown: boolean
  readonly #verdicts: Verdict[] = []
  readonly figures: Record<string, unknown> = { cores: cpus().length, node: process.version }
  readonly #loads: number[] = []

  constructor(markdown: boolean) {
    this.#markdown = markdown
  }

  /** Says where the run is, on standard error, so that what is printed can be kept. */
  step(what: string): void {
    const load = loadavg()[0]!
    this.#loads.push(load)
    console.error(`${new Date().toTimeString().slice(0, 8)}  load ${load.toFixed(1)}  ${what}`)
  }

  add(section: Section): void {
    console.log(this.#markdown ? asMarkdown(section) : asText(section))
  }

  judge(...verdicts: readonly Verdict[]): void {
    this.#verdicts.push(...verdicts)
  }

  /** Prints the goals, where something was held against one. */
  end(): void {
    this.figures.verdicts = this.#verdicts
    this.figures.loadAverages = this.#loads
    if (this.#verdicts.length === 0) return
    const rows = this.#verdicts.map(v => [v.what, v.goal, v.seen, v.met ? 'yes' : '**no**'])
    const met = this.#verdicts.filter(v => v.met).length
    const note = `${met} of ${this.#verdicts.length} met. ${this.#machine()}`
    this.add({ title: 'Goals', columns: ['', 'goal', 'seen', 'met'], rows, note })
  }

  #machine(): string {
    const loads = this.#loads.toSorted((a, b) => a - b)
    const [least, most] = [loads[0] ?? 0, loads.at(-1) ?? 0]
    return `${cpus().length} cores shared with the clients, load average ${least.toFixed(1)} to ${most.toFixed(1)} during the run, Node ${process.versions.node}.`
  }
}

function asMarkdown({ title, columns, rows, note }: Section): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const lines = [`**${title}**`, '', line(columns), `|${'---|'.repeat(columns.length)}`, ...rows.map(line)]
  if (note) lines.push('', note)
  return `${lines.join('\n')}\n`
}

function asText({ title, columns, rows, note }: Section): string {
  const plain = rows.map(row => row.map(cell => cell.replaceAll('**', '')))
  const widths = columns.map((column, i) => Math.max(column.length, ...plain.map(row => row[i]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd()
  return `${['', title, line(columns), ...plain.map(line), ...(note ? [note] : [])].join('\n')}\n`
}

/** `12`, `3.4`, `0.012`: three digits that matter. */
export function short(n: number): string {
  if (!Number.isFinite(n)) return '?'
  if (n >= 100 || Number.isInteger(n)) return Math.round(n).toLocaleString('en')
  return n >= 10 ? n.toFixed(1) : n >= 1 ? n.toFixed(2) : n.toFixed(3)
}
