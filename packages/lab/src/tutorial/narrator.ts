import pc from 'picocolors'

/** Where the tutorial's words go. */
export interface Stage {
  write(text: string): void
  /** A line that the next write replaces; does nothing where lines cannot be replaced. */
  readonly live: boolean
}

export const terminal: Stage = {
  write: text => void process.stdout.write(text),
  live: process.stdout.isTTY === true,
}

/** Says what is done as a person would type it, and what came of it. */
export class Narrator {
  readonly #stage: Stage
  #progressShown = false
  #muted = false
  readonly #colors: ReturnType<typeof pc.createColors>

  constructor(stage: Stage = terminal) {
    this.#stage = stage
    this.#colors = pc.createColors(stage.live && pc.isColorSupported)
  }

  /** Says nothing from here on. */
  mute(): void {
    if (this.#progressShown) this.#stage.write('\r\x1b[2K')
    this.#muted = true
  }

  title(number: number, text: string): void {
    this.#line(`\n${this.#colors.bold(this.#colors.cyan(`Step ${number}`))}  ${this.#colors.bold(text)}`)
  }

  /** A sentence of explanation. */
  say(text: string): void {
    this.#line(`  ${text}`)
  }

  command(text: string): void {
    this.#line(`  ${this.#colors.dim('$')} ${text}`)
  }

  /** What a command printed, indented; long output is cut in the middle. */
  output(text: string, most = 12): void {
    const lines = text.trimEnd().split('\n').filter(Boolean)
    const shown =
      lines.length <= most
        ? lines
        : [...lines.slice(0, most - 2), `… ${lines.length - most + 1} more lines`, ...lines.slice(-1)]
    for (const line of shown) this.#line(`    ${this.#colors.dim(line)}`)
  }

  result(ok: boolean, name: string, expected: string, observed: string, seconds: number): void {
    const mark = ok ? this.#colors.green('✔') : this.#colors.red('✖')
    const time = this.#colors.dim(`${seconds.toFixed(1)} s`)
    this.#line(`  ${mark} ${name}: ${observed}  ${time}`)
    if (!ok) this.#line(`    ${this.#colors.red('expected')} ${expected}`)
  }

  /** Shown only while it lasts, and only on a terminal. */
  progress(text: string): void {
    if (!this.#stage.live || this.#muted) return
    this.#stage.write(`\r\x1b[2K  ${this.#colors.dim(`… ${text}`)}`)
    this.#progressShown = true
  }

  #line(text: string): void {
    if (this.#muted) return
    if (this.#progressShown) this.#stage.write('\r\x1b[2K')
    this.#progressShown = false
    this.#stage.write(`${text}\n`)
  }
}
