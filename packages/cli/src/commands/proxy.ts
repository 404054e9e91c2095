import type { Command } from 'commander'
import { apiGet } from '../mesh-api.ts'
import { age, print, table } from '../output.ts'

interface ProxyRow {
  id: string
  kind: string
  cluster: string
  region: string
  connectedSince: number
  mode: string
  types: { type: string; state: 'in step' | 'behind' | 'refused' | 'not asked'; resources: number; words?: string }[]
}

/** `isthmus proxy`: what each connected proxy holds, compared with what was meant. */
export function register(parent: Command): void {
  const proxy = parent.command('proxy').description('Connected proxies: status and configuration.')
  proxy
    .command('status')
    .description('Each proxy and whether it is in step, behind, or refusing (with its own words).')
    .option('-o, --output <format>', 'json or yaml')
    .option('--kubeconfig <file>')
    .option('--context <name>', 'context of the mesh API', 'mesh')
    .action(async options => {
      const proxies: ProxyRow[] = []
      for (let total = 1; proxies.length < total; ) {
        const path = `/api/v1/proxies?limit=1000&offset=${proxies.length}`
        const page = await apiGet<{ total: number; proxies: ProxyRow[] }>(path, options)
        proxies.push(...page.proxies)
        total = page.proxies.length === 0 ? 0 : page.total
      }
      if (options.output) return print(proxies, options.output)
      const state = (row: ProxyRow, type: string) => row.types.find(t => t.type === type)?.state ?? 'not asked'
      console.log(
        table(
          ['PROXY', 'CLUSTER', 'REGION', 'CDS', 'EDS', 'LDS', 'RDS', 'CONNECTED', 'XDS'],
          proxies.map(row => [
            row.id,
            row.cluster,
            row.region || '-',
            ...['CDS', 'EDS', 'LDS', 'RDS'].map(type => state(row, type)),
            age(row.connectedSince),
            row.mode,
          ]),
        ),
      )
      for (const row of proxies)
        for (const type of row.types) if (type.words) console.log(`\n${row.id} refused ${type.type}: ${type.words}`)
      if (proxies.some(row => row.types.some(type => type.state === 'refused'))) process.exitCode = 1
    })
  proxy
    .command('config')
    .description('What a proxy was sent: POD, NAMESPACE/POD or the id that `proxy status` shows.')
    .argument('<pod>')
    .option('--type <type>', 'clusters, endpoints, listeners, routes or secrets')
    .option('-o, --output <format>', 'json or yaml', 'yaml')
    .option('--names', 'only the names')
    .option('--kubeconfig <file>')
    .option('--context <name>', 'context of the mesh API', 'mesh')
    .action(async (pod: string, options) => {
      const query = options.type ? `?type=${encodeURIComponent(options.type)}` : ''
      const config = await apiGet<Record<string, { name: string }[]>>(
        `/api/v1/proxies/${encodeURIComponent(pod)}${query}`,
        options,
      )
      if (!options.names) return print(options.type ? config[options.type] : config, options.output)
      for (const [type, resources] of Object.entries(config))
        for (const resource of resources) console.log(`${type}\t${resource.name}`)
    })
}
