import { readFileSync } from 'node:fs'

const entries = JSON.parse(readFileSync(new URL('../../packages/errors/src/setup.json', import.meta.url), 'utf8'))

/** An error for the person who reads it: code, what is missing and why it is needed, and the one command that mends it. */
export class SetupFailure extends Error {
  constructor(code, detail, mend) {
    super(detail)
    this.text = `${code} ${entries[code].reason}: ${detail}\n  ${mend ?? entries[code].mend}`
  }
}

/** Several steps' failures as one text, each once; what is no SetupFailure gets its step's name. */
export function together(failures) {
  const texts = failures.map(({ step, error }) =>
    error instanceof SetupFailure ? error.text : new SetupFailure('ISM1002', `${step}: ${error.message}`).text,
  )
  return Object.assign(new Error('set-up failed'), { text: [...new Set(texts)].join('\n') })
}
