import type { Event, EventList } from '@isthmus/api/types.ts'
import type { Command } from 'commander'
import { apiStream } from '../api-stream.ts'
import { apiGet, type MeshOptions, withMeshOptions } from '../mesh-api.ts'
import { print } from '../output.ts'

interface EventOptions extends MeshOptions {
  follow?: boolean
  region?: string
  service?: string
  kind?: string
  limit: string
  output?: string
}

/** `isthmus events`: the timeline of the mesh. */
export function register(parent: Command): void {
  withMeshOptions(parent.command('events'))
    .description('What happened: changes of policy, states of regions, joins, pushes, refusals. Newest last.')
    .option('-f, --follow', 'go on as things happen')
    .option('--region <region>', 'only of this region')
    .option('--service <host>', 'only of this service, by its fully qualified host')
    .option('--kind <kind>', 'policy, rule, region, cluster, refusal, proxy, push, endpoints or control-plane')
    .option('--limit <number>', 'how many of the past, at most', '50')
    .option('-o, --output <format>', 'json or yaml')
    .action(async (options: EventOptions) => {
      const { region, service, kind, limit } = options
      const query = new URLSearchParams({
        limit,
        ...(region && { region }),
        ...(service && { service }),
        ...(kind && { kind }),
      })
      const { events } = await apiGet<EventList>(`/api/v1/events?${query}`, options)
      show(events, options)
      if (!options.follow) return
      let last = events[0]?.id ?? 0
      for await (const { data } of apiStream<EventList>(['events'], options, service ? { service } : {})) {
        const news = data.events.filter(
          e => e.id > last && (!region || e.regions.includes(region)) && (!kind || e.kind === kind),
        )
        last = Math.max(last, ...data.events.map(e => e.id))
        show(news, options)
      }
    })
}

/** @param events newest first */
function show(events: readonly Event[], { output, follow }: EventOptions): void {
  if (output && !follow) print(events, output)
  else
    for (const event of events.toReversed()) {
      if (output) print(event, output)
      else console.log(line(event))
    }
}

function line({ at, kind, severity, text, who }: Event): string {
  const mark = { error: '✗', warning: '!', info: ' ' }[severity]
  return `${new Date(at).toISOString().slice(0, 19)}Z ${mark} ${kind.padEnd(13)} ${text}${who ? ` (${who})` : ''}`
}
