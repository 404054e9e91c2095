// `npm run benchmark -- xds`: how long a change takes to the last of many sidecars, what it costs, and how both grow.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { churn } from './xds/parts/churn.ts'
import { curves } from './xds/parts/curves.ts'
import { scoped } from './xds/parts/scoped.ts'
import { slow } from './xds/parts/slow.ts'
import { table } from './xds/parts/table.ts'
import { Report } from './xds/report.ts'
import type { Options } from './xds/world.ts'

const { values } = parseArgs({
  options: {
    sidecars: { type: 'string', default: '100' },
    mode: { type: 'string', default: 'delta' },
    changes: { type: 'string', default: '20' },
    services: { type: 'string', default: '1000' },
    churn: { type: 'boolean' },
    curves: { type: 'boolean' },
    slow: { type: 'string' },
    scoped: { type: 'boolean' },
    all: { type: 'boolean' },
    markdown: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
})
if (values.mode !== 'delta' && values.mode !== 'sotw') throw new Error(`--mode ${values.mode}: it is delta or sotw`)
const options: Options = {
  mode: values.mode,
  sidecars: count('sidecars', 10_000),
  // A changed address ends in the change's number, and each kind of change needs numbers of its own.
  changes: count('changes', process.env.ISTHMUS_XDSLOAD ? 38 : 150),
  services: count('services', 60_000),
}

const report = new Report(values.markdown)
const part = values.churn || values.curves || values.slow !== undefined || values.scoped
try {
  if (values.all) {
    await table(report, options)
    await table(report, { ...options, sidecars: 300 })
    await table(report, { ...options, mode: 'sotw' })
    await churn(report, options)
    await slow(report, options, 20)
    await curves(report, options)
    await scoped(report, options)
  } else if (!part) {
    await table(report, options)
    await churn(report, options)
  }
  if (!values.all && values.churn) await churn(report, options)
  if (!values.all && values.slow !== undefined) await slow(report, options, count('slow', 10_000))
  if (!values.all && values.curves) await curves(report, options)
  if (!values.all && values.scoped) await scoped(report, options)
} finally {
  // What was measured before something failed is worth having.
  report.end()
  if (values.json) writeFileSync(values.json, `${JSON.stringify(report.figures, null, 2)}\n`)
}

function count(name: 'sidecars' | 'changes' | 'services' | 'slow', most: number): number {
  const number = Number(values[name])
  if (Number.isInteger(number) && number >= 1 && number <= most) return number
  throw new Error(`--${name} ${values[name]}: from 1 to ${most}`)
}
