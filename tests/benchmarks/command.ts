import { Command, InvalidArgumentError } from 'commander'

/** What every benchmark is told. */
export interface Common {
  /** File to which all figures go too. */
  readonly json?: string
}

/** The command line of a benchmark, `--json` with it. */
export function benchmark(name: string, about: string): Command {
  return new Command(`npm run benchmark -- ${name}`)
    .usage('[options]')
    .description(`${about}\nFigures with their spread; nothing passes or fails.`)
    .showHelpAfterError()
    .option('--json <file>', 'write all figures there too')
}

/** Reads a whole number from 1 up. */
export function count(most: number): (text: string) => number {
  return text => {
    const number = Number(text)
    if (Number.isInteger(number) && number >= 1 && number <= most) return number
    throw new InvalidArgumentError(`It is a whole number from 1 to ${most.toLocaleString('en')}.`)
  }
}
