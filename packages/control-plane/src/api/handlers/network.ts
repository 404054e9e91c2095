import { isIP } from 'node:net'
import type { NetworkPath } from '@isthmus/api'
import { errors } from '@isthmus/errors'
import { kinds, type Node } from '@isthmus/kubernetes'
import type { InventoryObject } from '../../members/inventory.ts'
import { networkPath, type PathEnd } from '../../members/network-path.ts'
import type { Caller, Handlers } from '../call.ts'
import { atMember } from '../members/calls.ts'
import type { ApiParts } from '../parts.ts'
import { ApiError, NotFound } from '../problem.ts'
import { inventoryOf } from '../views/measured.ts'
import { clusterItems, networkItem } from '../views/network.ts'

const noInventory =
  'There is no inventory of the network (isthmus serve --inventory-kubeconfig): only what clusters and measurements tell is shown.'

export function networkHandlers(parts: ApiParts): Pick<Handlers, 'getNetwork' | 'getNetworkPath'> {
  return {
    async getNetwork() {
      const objects = await inventoryOf(parts)
      const known = objects.length > 0
      const notes = known ? [] : [noInventory]
      const { flows } = parts.telemetry.matrix()
      return {
        at: parts.clock.now(),
        source: known ? 'inventory' : 'clusters',
        notes,
        items: known
          ? objects.map(networkItem).filter(item => item !== undefined)
          : clusterItems(parts.mesh(), parts.members?.all() ?? []),
        measured: flows.map(({ source, destination, requestsPerSecond, errorsPerSecond }) => ({
          ...{ source, destination, requestsPerSecond, errorsPerSecond },
        })),
      }
    },
    async getNetworkPath({ query, caller }): Promise<NetworkPath> {
      const objects = await inventoryOf(parts)
      const from = await endOf(parts, caller, objects, query.from)
      const to = await endOf(parts, caller, objects, query.to)
      const head = { from: query.from, to: query.to }
      if (objects.length === 0) return { ...head, ...measured(parts, from, to) }
      const { protocol = 'TCP', port } = query
      const { reaches, verdict, code, hops } = networkPath(objects, { from, to, port, protocol })
      const mend = code && errors[code].mend
      return { ...head, reaches, verdict, ...(mend && { mend }), basis: 'inventory', hops: hops.map(h => ({ ...h })) }
    },
  }
}

/** Where nobody knows the network, requests that were answered are proof that it carries them. */
function measured(parts: ApiParts, from: PathEnd, to: PathEnd): Omit<NetworkPath, 'from' | 'to'> {
  const regionOf = (end: PathEnd) => parts.mesh().clusters.get(end.cluster ?? '')?.region
  const [source, destination] = [regionOf(from), regionOf(to)]
  const flow = parts.telemetry.matrix().flows.find(f => f.source === source && f.destination === destination)
  const hops = [from, to].map((end, i) => ({
    ...{ name: end.name, kind: i === 0 ? 'Source' : 'Destination', address: end.address, ok: true },
    text: end.cluster ? `cluster ${end.cluster}` : 'in no cluster that is known',
  }))
  if (!flow || flow.requests - flow.errors <= 0)
    return {
      reaches: 'unknown',
      verdict: `${noInventory} No answered request between the two was measured.`,
      basis: 'measured',
      hops,
    }
  const good = flow.requests - flow.errors
  const verdict = `${good} requests from ${source} were answered in ${destination} in the last minute; whether this address is reached is not known.`
  return { reaches: 'unknown', verdict, basis: 'measured', hops }
}

/** An address, CLUSTER/NAMESPACE/POD, CLUSTER/NODE, or a cluster (its API as the mesh reaches it). */
async function endOf(
  parts: ApiParts,
  caller: Caller,
  objects: readonly InventoryObject[],
  text: string,
): Promise<PathEnd> {
  if (isIP(text)) return { name: text, address: text }
  const mesh = parts.mesh()
  const segments = text.split('/')
  const [cluster = '', second, third] = segments
  if (segments.length === 3) {
    const pod = [...mesh.workloads.values()].find(
      w => w.cluster === cluster && w.namespace === second && (w.name === third || w.name.startsWith(`${third}-`)),
    )
    const address = pod?.addresses[0]
    if (!address) throw new NotFound(`the mesh knows no pod ${text}`)
    return { name: text, address, cluster }
  }
  if (segments.length === 2 && second !== undefined) {
    const nodes = await atMember(parts, caller, cluster, 'nodes', client => client.list<Node>(kinds.Node))
    const node = nodes.find(n => n.metadata.name === second)
    const address = node?.status?.addresses?.find(a => a.type === 'InternalIP')?.address
    if (!address) throw new NotFound(`cluster ${cluster} has no node ${second}`)
    return { name: text, address, cluster }
  }
  const address = apiAddress(parts, objects, text)
  if (address) return { name: text, address, cluster: text }
  throw new ApiError(
    400,
    'ISM5101',
    `${text}: give an address, CLUSTER/NAMESPACE/POD, CLUSTER/NODE, or a cluster's name`,
  )
}

function apiAddress(parts: ApiParts, objects: readonly InventoryObject[], name: string): string | undefined {
  const managed = objects.find(
    o => (o.kind === 'ManagedCluster' || o.kind === 'MeshInstance') && o.metadata.name === name,
  )
  const server =
    managed?.status?.endpoints?.private ?? parts.members?.all().find(m => m.metadata.name === name)?.status?.server
  if (typeof server !== 'string') return undefined
  const text = server.includes('://') ? server : `https://${server}`
  const host = URL.canParse(text) ? new URL(text).hostname : ''
  return isIP(host) ? host : undefined
}
