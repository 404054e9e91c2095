import { tokenBucket } from './shaping.ts'
import type { Link, LinkEnd, NetworkState, Route } from './state.ts'

/** One thing the kernel holds: how it comes and goes, and on which device it hangs. */
interface Item {
  readonly namespace: string
  readonly key: string
  readonly phase: Phase
  readonly add: string
  /** Not there: it goes with its device or namespace. */
  readonly remove?: string
  readonly device?: string
  /** The namespace to remove it in, where that is another. */
  readonly removeIn?: string
}

/** In the order in which things are made; they are removed in the opposite one. */
const phases = ['namespace', 'setting', 'link', 'device', 'address', 'route', 'rate', 'filter'] as const
type Phase = (typeof phases)[number]

/** A piece of work for one program in one namespace ('' is the sandbox's first). `lenient`: what is gone already is fine. */
export interface Step {
  readonly tool: 'ip' | 'tc' | 'nft' | 'setting'
  readonly namespace: string
  readonly lines: readonly string[]
  readonly lenient: boolean
}

/** Steps of one stage may run at the same time. */
export type Stage = readonly Step[]

const settings: Record<string, readonly string[]> = {
  root: ['ipv4/ip_forward 0', 'ipv4/conf/all/rp_filter 0', 'ipv4/conf/default/rp_filter 0'],
  router: [
    'ipv4/ip_forward 1',
    ...['all', 'default'].flatMap(d => [`ipv4/conf/${d}/rp_filter 0`, `ipv4/conf/${d}/send_redirects 0`]),
    // Routers speak IPv4 only; without this each new device chatters.
    ...['all', 'default'].map(d => `ipv6/conf/${d}/disable_ipv6 1`),
  ],
  host: ['ipv4/ip_forward 1', ...['all', 'default'].map(d => `ipv4/conf/${d}/rp_filter 0`)],
}

/** What turns one state into another. Pure; nothing to do gives an empty list. */
export function planChanges(from: NetworkState, to: NetworkState): readonly Stage[] {
  const [old, wanted] = [itemsOf(from), itemsOf(to)]
  const removed = [...old].filter(([key, item]) => wanted.get(key)?.add !== item.add).map(([, item]) => item)
  const lostDevices = new Set(removed.filter(i => i.phase === 'link').flatMap(i => i.key.split(' ').slice(1)))
  const lostNamespaces = new Set(removed.filter(i => i.phase === 'namespace').map(i => i.namespace))
  const lost = (item: Item) =>
    lostNamespaces.has(item.namespace) ||
    (item.device !== undefined && lostDevices.has(`${item.namespace}/${item.device}`))
  const added = [...wanted]
    .filter(([key, item]) => old.get(key)?.add !== item.add || lost(item))
    .map(([, item]) => item)
  // What is replaced by its like needs no removal: `replace` and a new table do it at once.
  const replaced = (item: Item) => replaceable.has(item.phase) && wanted.has(idOf(item))
  const explicit = (item: Item) => item.phase === 'namespace' || item.phase === 'link' || !lost(item)
  const gone = removed.filter(item => item.remove && explicit(item) && !replaced(item))
  return [...stages(gone, true), ...stages(added, false)]
}

const idOf = (item: Item) => `${item.namespace}|${item.key}`
const replaceable: ReadonlySet<Phase> = new Set(['route', 'rate', 'filter', 'setting'])

/** The whole of a state from nothing: an empty sandbox has its first namespace only. */
export const emptyState: NetworkState = { namespaces: new Map(), links: [] }

function stages(items: readonly Item[], removing: boolean): Stage[] {
  // Namespaces and cables cross namespaces and are stages of their own; the rest is one batch for each namespace.
  const groups: Phase[][] = [['namespace'], ['setting'], ['link'], ['device', 'address', 'route'], ['rate'], ['filter']]
  const order = removing ? groups.toReversed() : groups
  return order.flatMap(group => {
    const inOrder = removing ? group.toReversed() : group
    const here = inOrder.flatMap(phase => items.filter(i => i.phase === phase))
    if (!here.length) return []
    const crossing = group[0] === 'namespace' || group[0] === 'link'
    const where = (item: Item) => (removing ? item.removeIn : undefined) ?? (crossing ? '' : item.namespace)
    const byNamespace = Map.groupBy(here, where)
    return [
      [...byNamespace].map(
        ([namespace, mine]): Step => ({
          tool: group[0] === 'setting' ? 'setting' : group[0] === 'rate' ? 'tc' : group[0] === 'filter' ? 'nft' : 'ip',
          namespace,
          lines: mine.flatMap(i => (removing ? i.remove! : i.add).split('\n')).filter(Boolean),
          lenient: removing,
        }),
      ),
    ]
  })
}

function itemsOf(state: NetworkState): Map<string, Item> {
  const items = new Map<string, Item>()
  const put = (item: Item) => items.set(idOf(item), item)
  for (const [namespace, s] of state.namespaces) {
    if (namespace)
      put({
        namespace,
        key: 'namespace',
        phase: 'namespace',
        add: `netns add ${namespace}`,
        remove: `netns del ${namespace}`,
      })
    put({ namespace, key: 'setting', phase: 'setting', add: settings[s.role]!.join('\n') })
    put({ namespace, key: 'device lo', phase: 'device', add: 'link set lo up' })
    for (const device of s.bridges)
      put({
        namespace,
        key: `device ${device}`,
        phase: 'device',
        device,
        add: `link add ${device} type bridge\nlink set ${device} up`,
        remove: `link del ${device}`,
      })
    for (const { device, address } of s.addresses)
      put({
        namespace,
        key: `address ${device} ${address}`,
        phase: 'address',
        device,
        add: `addr add ${address} dev ${device}`,
        remove: `addr del ${address} dev ${device}`,
      })
    for (const route of s.routes)
      put({
        namespace,
        key: `route ${route.to}`,
        phase: 'route',
        device: route.device,
        add: `route replace ${routeText(route)}`,
        remove: `route del ${route.blackhole ? 'blackhole ' : ''}${route.to}`,
      })
    for (const [device, rate] of s.rates)
      put({
        namespace,
        key: `rate ${device}`,
        phase: 'rate',
        device,
        add: `qdisc replace dev ${device} root ${tokenBucket(rate)}`,
        remove: `qdisc del dev ${device} root`,
      })
    if (s.filter)
      put({
        namespace,
        key: 'filter',
        phase: 'filter',
        add: `table inet isthmus\ndelete table inet isthmus\n${s.filter}`,
        remove: 'delete table inet isthmus',
      })
  }
  for (const link of state.links) {
    const key = linkKey(link)
    const [a, b] = link.ends
    put({
      namespace: '',
      key,
      phase: 'link',
      add: `link add ${at(a)} type veth peer ${at(b)}`,
      remove: `link del ${a.device}`,
      removeIn: a.namespace,
    })
    for (const end of link.ends)
      put({
        namespace: end.namespace,
        key: `up ${end.device}`,
        phase: 'device',
        device: end.device,
        add: `link set ${end.device} ${end.bridge ? `master ${end.bridge} ` : ''}up`,
      })
  }
  return items
}

const linkKey = (link: Link) => `link ${link.ends.map(e => `${e.namespace}/${e.device}`).join(' ')}`
const at = (end: LinkEnd) => (end.namespace ? `name ${end.device} netns ${end.namespace}` : `name ${end.device}`)

function routeText(route: Route): string {
  if (route.blackhole) return `blackhole ${route.to}`
  const source = route.source ? ` src ${route.source}` : ''
  return `${route.to}${route.via ? ` via ${route.via}` : ''} dev ${route.device}${route.via ? ' onlink' : ''}${source}`
}
