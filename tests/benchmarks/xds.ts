// `npm run benchmark -- xds`: how long a change takes to the last of many sidecars, what it costs, and how both grow.
import { writeFileSync } from 'node:fs'
import { Option } from 'commander'
import { benchmark, type Common, count } from './command.ts'
import { churn } from './xds/parts/churn.ts'
import { curves } from './xds/parts/curves.ts'
import { scoped } from './xds/parts/scoped.ts'
import { slow } from './xds/parts/slow.ts'
import { table } from './xds/parts/table.ts'
import { Report } from './xds/report.ts'
import type { Options } from './xds/world.ts'

interface Asked extends Common, Options {
  readonly churn?: true
  readonly curves?: true
  readonly slow?: number
  readonly scoped?: true
  readonly all?: true
  readonly markdown: boolean
}

const asked = benchmark(
  'xds',
  'How long a change takes to the last of many sidecars, what it costs, and how both grow.\n' +
    'Without a word more: start, idle, connecting, each kind of change, and changes amid others.\n' +
    'ISTHMUS_XDSLOAD names another measuring client to take changes with.',
)
  .option('--sidecars <n>', 'how many connect', count(10_000), 100)
  .addOption(new Option('--mode <mode>', 'protocol of the sidecars').choices(['delta', 'sotw']).default('delta'))
  .addOption(
    new Option(
      '--redirect <how>',
      "of their traffic; none: one route table a port, as Istio's (storms, changes, churn)",
    )
      .choices(['uid', 'none'])
      .default('uid'),
  )
  // A changed address ends in the change's number, and each kind of change needs numbers of its own.
  .option('--changes <n>', 'of each kind', count(process.env.ISTHMUS_XDSLOAD ? 38 : 150), 20)
  .option('--services <n>', 'with 10 endpoints each', count(60_000), 1_000)
  .option('--churn', 'only: endpoint changes while another endpoint changes all the time')
  .option('--curves', 'only: growth with services and with sidecars')
  .option('--slow <n>', 'only: the others beside so many clients that read nothing', count(10_000))
  .option('--scoped', 'only: 10,000 services, 1,000 sidecars that see 100 each')
  .option('--all', 'all of these, with 100 and 300 sidecars, and state of the world')
  .option('--markdown', 'print tables for a page', false)
  .parse()
  .opts<Asked>()

const report = new Report(asked.markdown)
const part = asked.churn || asked.curves || asked.slow !== undefined || asked.scoped
try {
  if (asked.all) {
    await table(report, asked)
    await table(report, { ...asked, sidecars: 300 })
    await table(report, { ...asked, mode: 'sotw' })
  } else if (!part) await table(report, asked)
  if (asked.all || asked.churn || !part) await churn(report, asked)
  if (asked.all || asked.slow !== undefined) await slow(report, asked, asked.slow ?? 20)
  if (asked.all || asked.curves) await curves(report, asked)
  if (asked.all || asked.scoped) await scoped(report, asked)
} finally {
  // What was measured before something failed is worth having.
  report.end()
  if (asked.json) writeFileSync(asked.json, `${JSON.stringify(report.figures, null, 2)}\n`)
}
