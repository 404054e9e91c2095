import { changedKeys, ListIndex, patched, rememberChange } from '../collections/index.ts'
import {
  byAge,
  bySpecificity,
  covers,
  isWildcard,
  type Mesh,
  type SidecarScope,
  type VirtualService,
} from '../model/index.ts'
import type { Scope } from './scope.ts'
import { exportedTo, inEgress } from './visibility.ts'
import { VisibleFrom } from './visible.ts'

type Index = ReadonlyMap<string, VisibleFrom<VirtualService>>

const byGateway = new WeakMap<readonly VirtualService[], Index>()

function indexOf(rules: readonly VirtualService[]): Index {
  let index = byGateway.get(rules)
  if (!index) {
    const lists = new Map<string, VirtualService[]>()
    for (const vs of rules) {
      for (const name of new Set(vs.gateways)) {
        const list = lists.get(name)
        if (list) list.push(vs)
        else lists.set(name, [vs])
      }
    }
    index = new Map([...lists].map(([name, list]) => [name, new VisibleFrom(list)]))
    byGateway.set(rules, index)
  }
  return index
}

/** VirtualServices bound to a gateway (`namespace/name`, or 'mesh') that a namespace may see, oldest first. */
export function virtualServicesFor(
  mesh: Mesh,
  gateway: string,
  namespace: string,
  sidecar?: SidecarScope,
): readonly VirtualService[] {
  const some = indexOf(mesh.virtualServices).get(gateway)?.candidates(namespace, sidecar) ?? []
  return some.filter(vs => exportedTo(vs.exportTo, vs.namespace, namespace))
}

/** VirtualServices of the sidecars of one view, found by host. */
export interface MeshVirtualServices {
  /** The one that holds for a host: of its exact name before the narrowest wildcard; the oldest of equals. */
  find(host: string): VirtualService | undefined
  /** Hosts that some VirtualService names and no service has, each with the one that holds; of older ones first. */
  without(services: Mesh['services']): readonly (readonly [string, VirtualService])[]
}

export function meshVirtualServices({ mesh, view, sidecar }: Scope): MeshVirtualServices {
  const { byHost, wild } = ofSidecars.of(mesh.virtualServices)
  const visible = (vs: VirtualService, host: string) =>
    exportedTo(vs.exportTo, vs.namespace, view.namespace) &&
    (!sidecar || inEgress(sidecar, view.namespace, vs.namespace, host))
  const holding = (host: string) => byHost.get(host)?.find(vs => visible(vs, host))
  return {
    find: host => {
      const exact = holding(host)
      if (exact) return exact
      for (const pattern of wild) {
        const found = covers(pattern, host) ? holding(pattern) : undefined
        if (found) return found
      }
      return undefined
    },
    without: services =>
      hostsWithout(mesh.virtualServices, services)
        .flatMap(host => {
          const vs = holding(host)
          return vs ? [[host, vs] as const] : []
        })
        .sort(([a, one], [b, other]) => byAge(one, other) || one.hosts.indexOf(a) - other.hosts.indexOf(b)),
  }
}

interface OfSidecars {
  /** Oldest first. */
  readonly byHost: ReadonlyMap<string, readonly VirtualService[]>
  /** Hosts that are wildcards, narrow before wide. */
  readonly wild: readonly string[]
}

const ofSidecars = new ListIndex<VirtualService, OfSidecars>(
  rules => patchHosts({ byHost: new Map(), wild: [] }, [], rules),
  (index, { gone, come }) => patchHosts(index, gone, come),
)

function patchHosts(
  { byHost, wild }: OfSidecars,
  gone: readonly VirtualService[],
  come: readonly VirtualService[],
): OfSidecars {
  const changed = new Map<string, readonly VirtualService[]>()
  const now = (host: string) => changed.get(host) ?? byHost.get(host) ?? []
  const ofMesh = (rules: readonly VirtualService[]) =>
    rules.flatMap(vs => (vs.gateways.includes('mesh') ? [...new Set(vs.hosts)].map(host => [host, vs] as const) : []))
  for (const [host, vs] of ofMesh(gone))
    changed.set(
      host,
      now(host).filter(other => other !== vs),
    )
  for (const [host, vs] of ofMesh(come)) changed.set(host, [...now(host), vs].sort(byAge))
  const after = patched(
    byHost,
    [...changed].map(([host, rules]) => [host, rules.length > 0 ? rules : undefined]),
  )
  rememberChange(byHost, after, [...changed.keys()])
  const same = ![...changed.keys()].some(host => isWildcard(host) && after.has(host) !== byHost.has(host))
  return { byHost: after, wild: same ? wild : [...after.keys()].filter(isWildcard).sort(bySpecificity) }
}

/** What was found out last about which hosts of rules are no services'. */
let last: Strangers | undefined

interface Strangers {
  readonly rules: readonly VirtualService[]
  readonly services: Mesh['services']
  readonly hosts: readonly string[]
}

/** Hosts that the VirtualServices of sidecars name and no service has. */
function hostsWithout(rules: readonly VirtualService[], services: Mesh['services']): readonly string[] {
  if (last?.rules === rules && last.services === services) return last.hosts
  const { byHost } = ofSidecars.of(rules)
  const suspects = last
    ? [...last.hosts, ...changedKeys(ofSidecars.of(last.rules).byHost, byHost), ...changedKeys(last.services, services)]
    : byHost.keys()
  const hosts = [...new Set(suspects)].filter(host => byHost.has(host) && !services.has(host))
  last = { rules, services, hosts }
  return hosts
}
