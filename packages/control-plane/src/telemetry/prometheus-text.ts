/** One line of Prometheus' text format. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g

/** The samples of a text whose names end in one of these; what is not a sample is left out. */
export function samples(text: string, endings: readonly string[]): readonly Sample[] {
  return text.split('\n').flatMap(row => {
    const [, name, labels = '', value = ''] = line.exec(row) ?? []
    if (!name || !endings.some(ending => name.endsWith(ending))) return []
    const number = value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value)
    if (Number.isNaN(number)) return []
    const pairs = [...labels.matchAll(label)].map(([, key, text]) => [key ?? '', unescaped(text ?? '')] as const)
    return [{ name, labels: Object.fromEntries(pairs), value: number }]
  })
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c))
}
