import type { NetworkPath } from '@isthmus/api/types.ts'
import type { Command } from 'commander'
import { apiGet, type MeshOptions, withMeshOptions } from '../mesh-api.ts'
import { print, table } from '../output.ts'

/** `isthmus net`: the network under the mesh. */
export function register(parent: Command): void {
  const net = parent.command('net').description('The network between the regions.')
  withMeshOptions(net.command('path'))
    .description('From FROM to TO, hop by hop, and where it stops and why.')
    .argument('<from>', 'an address, CLUSTER/NAMESPACE/POD, CLUSTER/NODE, or a cluster')
    .argument('<to>', 'the same')
    .option('--port <port>', 'port at the destination')
    .option('--protocol <protocol>', 'TCP, UDP or ICMP', 'TCP')
    .option('-o, --output <format>', 'json or yaml')
    .action(
      async (from: string, to: string, options: MeshOptions & { port?: string; protocol: string; output?: string }) => {
        const { port, protocol } = options
        const query = new URLSearchParams({ from, to, protocol, ...(port && { port }) })
        const path = await apiGet<NetworkPath>(`/api/v1/network/path?${query}`, options)
        if (options.output) print(path, options.output)
        else console.log(pathText(path))
        if (path.reaches === 'no') process.exitCode = 1
      },
    )
}

function pathText({ hops, reaches, verdict, mend }: NetworkPath): string {
  const rows = hops.map(h => [h.ok ? '✓' : '✗', h.kind, h.name, h.text])
  const word = { yes: 'It reaches.', no: 'It does not reach.', unknown: 'Unknown.' }[reaches]
  return `${table(['', 'HOP', 'NAME', ''], rows)}\n\n${word} ${verdict}${mend ? `\n  ${mend}` : ''}`
}
