import type { Overview } from '@isthmus/api/types.ts'
import type { Explanation } from '@isthmus/control-plane/regions/index.ts'
import type { Command } from 'commander'
import { apiStream } from '../api-stream.ts'
import { apiGet, type MeshOptions, withMesh, withMeshOptions } from '../mesh-api.ts'
import { print } from '../output.ts'
import { setDistribution, setFailover, sharesOf, thresholdOf, unset } from '../region/edit.ts'
import { explainText } from '../region/explain-text.ts'
import { type PolicyObject, type PolicySpec, policyTarget, qualified } from '../region/policy-object.ts'
import { distributionText, failoverText, showText } from '../region/show.ts'
import { statusText } from '../region/status-text.ts'
import { editPolicy, listPolicies } from '../region/store.ts'

interface EditOptions extends MeshOptions {
  service?: string
  namespace: string
  rootNamespace: string
  output?: string
}

/** `isthmus region`: traffic between regions. Edits RegionalTrafficPolicy objects; kubectl can do all of it too. */
export function register(parent: Command): void {
  const region = parent.command('region').description('Traffic between regions: show, failover, distribution, explain.')

  withMeshOptions(region.command('show').description('Every RegionalTrafficPolicy, and what its status says.'))
    .option('-o, --output <format>', 'json or yaml')
    .action(async (options: MeshOptions & { output?: string }) => {
      const policies = await withMesh(options, listPolicies)
      if (options.output) print(policies, options.output)
      else console.log(showText(policies))
    })

  withMeshOptions(region.command('status'))
    .description('The state of each region, and requests between them: measured beside what is meant.')
    .option('-w, --watch', 'go on, and show each change')
    .option('-o, --output <format>', 'json or yaml')
    .action(async (options: MeshOptions & { watch?: boolean; output?: string }) => {
      const show = (overview: Overview) => {
        if (options.output) return print({ regions: overview.regions, flows: overview.flows }, options.output)
        // A terminal is drawn anew; into a file each picture follows the one before.
        if (options.watch && process.stdout.isTTY) process.stdout.write('\u001b[H\u001b[2J')
        console.log(statusText(overview))
      }
      if (!options.watch) return show(await apiGet<Overview>('/api/v1/overview', options))
      for await (const { data } of apiStream<Overview>(['overview'], options)) show(data)
    })

  const failover = region.command('failover').description('Which region takes over when one fails.')
  withEditOptions(failover.command('set'))
    .description('Requests stay in FROM while it is healthy; then go to each TO in order, then to every other region.')
    .argument('<from>', 'the region in which the failure occurs')
    .argument('<to...>', 'regions that take over, in order')
    .option('--only', 'no other region than those named')
    .option(
      '--threshold <percent>',
      'leave, in proportion, below this percent of healthy endpoints (default: about 71)',
    )
    .option('--unanswered-after <duration>', 'an attempt without an answer after this long has failed, for example 2s')
    .action(async (from: string, to: string[], options) => {
      const rule = {
        from,
        to,
        ...(options.only && { only: true }),
        ...(options.threshold !== undefined && { thresholdPercent: thresholdOf(options.threshold) }),
      }
      const unansweredAfter: string | undefined = options.unansweredAfter
      await edit(
        options,
        spec => setFailover({ ...spec, ...(unansweredAfter && { unansweredAfter }) }, rule),
        `failover from ${from}: ${failoverText(rule)}`,
      )
    })
  withEditOptions(failover.command('unset'))
    .description('Removes the rule of a region; without one, all of failover.')
    .argument('[from]')
    .action((from: string | undefined, options: EditOptions) =>
      edit(options, spec => unset(spec, 'failover', from), `no failover${from ? ` from ${from}` : ''}`),
    )

  const distribution = region.command('distribution').description('What part of the requests each region gets.')
  withEditOptions(distribution.command('set'))
    .description('Sends these percents of the requests from FROM to other regions; the rest stays.')
    .argument('<from>', 'the region requests come from')
    .argument('<shares...>', 'REGION=PERCENT, whole percents')
    .option('--at <where>', 'entry: decided once, by the gateways (default); everyHop: at each hop anew, as Istio does')
    .action(async (from: string, shares: string[], options) => {
      if (options.at !== undefined && options.at !== 'entry' && options.at !== 'everyHop')
        distribution.error(`error: --at takes entry or everyHop, not ${options.at}`)
      const rule = { from, to: sharesOf(from, shares) }
      await edit(
        options,
        spec => setDistribution(spec, rule, options.at),
        `distribution from ${from}: ${distributionText(rule)}`,
      )
    })
  withEditOptions(distribution.command('unset'))
    .description('Removes the rule of a region; without one, all of distribution.')
    .argument('[from]')
    .action((from: string | undefined, options: EditOptions) =>
      edit(options, spec => unset(spec, 'distribution', from), `no distribution${from ? ` from ${from}` : ''}`),
    )

  withMeshOptions(region.command('explain'))
    .description('Where requests for SERVICE go, in what shares, why, and what would change it.')
    .argument('<service>', 'reviews, or reviews.default.svc.cluster.local')
    .requiredOption('--from <region>', 'where the caller is: region, or region/zone/subzone')
    .option('--gateway', 'as the gateways of that region see it (default: as sidecars do)')
    .option('-n, --namespace <namespace>', 'namespace of a short service name', 'default')
    .option('-o, --output <format>', 'json or yaml')
    .action(async (service: string, options) => {
      const query = new URLSearchParams({
        service: qualified(service, options.namespace),
        from: options.from,
        role: options.gateway ? 'gateway' : 'sidecar',
      })
      const explanation = await apiGet<Explanation>(`/api/v1/explain?${query}`, options)
      if (options.output) print(explanation, options.output)
      else console.log(explainText(explanation))
    })
}

function withEditOptions(command: Command): Command {
  return withMeshOptions(command)
    .option('--service <name>', 'for one service only, not the whole mesh')
    .option('-n, --namespace <namespace>', 'namespace of that service', 'default')
    .option('--root-namespace <namespace>', 'where the mesh-wide policy lives', 'istio-system')
    .option('-o, --output <format>', 'json or yaml: print the object')
}

async function edit(options: EditOptions, change: (spec: PolicySpec) => PolicySpec, done: string): Promise<void> {
  const target = policyTarget(options)
  const after: PolicyObject | undefined = await withMesh(options, client => editPolicy(client, target, change))
  if (options.output) print(after ?? {}, options.output)
  else console.log(`RegionalTrafficPolicy ${target.namespace}/${target.name}: ${done}${after ? '' : ' (deleted)'}`)
}
