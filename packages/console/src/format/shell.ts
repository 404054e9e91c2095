/** An argument as a POSIX shell takes it, quoted only where it must be. */
export function quoted(argument: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`
}

/** A command of its words. */
export function commandOf(...words: readonly (string | number | undefined)[]): string {
  return words
    .filter(word => word !== undefined && word !== '')
    .map(word => quoted(String(word)))
    .join(' ')
}
