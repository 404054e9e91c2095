import type { ErrorEntry } from './entry.ts'

/** Areas by the code's first two digits, in the order of the page. */
const areas: Record<string, string> = {
  10: 'Set-up',
  11: 'The lab',
  12: "The lab's cloud",
  13: "The lab's nodes",
  20: "Istio's objects",
  21: 'Regional traffic',
  22: 'Analysis',
  30: 'Delivery to proxies',
  31: 'Identity',
  40: 'Member clusters',
  41: 'Gateways',
  42: 'Configuration',
  50: 'The command line',
}

/** docs/reference/errors.md, made from the table. */
export function errorsPage(entries: Readonly<Record<string, ErrorEntry>>): string {
  const out = [
    '# Error codes',
    '',
    'One table serves the command line, the API, the conditions of resources and the logs. This page is made from `packages/errors/src` by `npm run docs`.',
  ]
  let area = ''
  for (const code of Object.keys(entries).sort()) {
    const entry = entries[code]!
    const key = code.slice(3, 5)
    if (key !== area) out.push('', `## ${areas[key] ?? key}`)
    area = key
    out.push('', `### ${code} ${entry.reason}`, '', entry.meaning, '', `**What to do:** ${entry.mend}`)
  }
  return `${out.join('\n')}\n`
}
