import { NotFound, type Route } from '../api/index.ts'
import { viewKey } from '../model/index.ts'
import type { ProxyStatus, TypeStatus } from '../xds/index.ts'
import type { Delivery } from './delivery.ts'
import { resourceMemory } from './metrics/memory.ts'
import { type Push, stagesOf } from './metrics/push.ts'
import type { PushLog } from './metrics/push-log.ts'
import { typeOf } from './metrics/pushes.ts'

export interface DebugParts {
  readonly delivery: Pick<Delivery, 'server' | 'engine'>
  readonly pushes: PushLog
}

/** `/debug/…`: what an operator asks of a control plane that is slow or large. Made when asked, for eyes; no contract. */
export function debugRoutes(parts: DebugParts): readonly Route[] {
  const { delivery, pushes } = parts
  const proxies = () => delivery.server.proxies()
  return [
    { path: '/debug/views', handle: () => ({ views: delivery.engine.views.map(viewRow) }) },
    {
      path: '/debug/pushes',
      handle: query => ({ pushes: pushes.recent.slice(0, lastOf(query)).map(push => pushRow(push, pushes.now())) }),
    },
    { path: '/debug/memory', handle: () => memory(delivery, proxies()) },
    { path: '/debug/proxies', handle: () => ({ proxies: proxies().toSorted(behindFirst).map(proxyRow) }) },
  ]
}

function lastOf(query: URLSearchParams): number {
  const text = query.get('last') ?? '100'
  if (!/^\d+$/.test(text)) throw new NotFound(`?last=${text}: give a number of pushes`)
  return Number(text)
}

/** One push for people: times are milliseconds, `at` the wall clock. */
function pushRow(push: Push, now: number) {
  const { id, kind, kinds, what, views, told, waiting, lost, responses, resources, removed, bytes } = push
  const ms = Object.fromEntries(
    Object.entries(stagesOf(push)).map(([stage, value]) => [stage, value === undefined ? undefined : round(value)]),
  )
  const answered = push.answered > 0 && waiting === 0 ? round(push.answered - push.heard) : undefined
  return {
    ...{ id, at: new Date(Date.now() - (now - push.heard)).toISOString(), kind, kinds, what, views },
    proxies: { told, waiting, lost },
    ...{ responses, resources, removed, bytes },
    ms: { ...ms, total: answered },
  }
}

function viewRow({ view, proxies, snapshot }: Delivery['engine']['views'][number]) {
  const resources = [...(snapshot?.resources ?? [])].map(([typeUrl, map]) => {
    let bytes = 0
    for (const resource of map.values()) bytes += resource.bytes.length
    return [typeOf(typeUrl), { count: map.size, bytes }] as const
  })
  return { key: viewKey(view), proxies, view, resources: Object.fromEntries(resources) }
}

function memory({ engine }: DebugParts['delivery'], proxies: readonly ProxyStatus[]) {
  const sum = (of: (type: TypeStatus) => number) =>
    proxies.reduce((all, proxy) => proxy.types.reduce((part, type) => part + of(type), all), 0)
  return {
    process: process.memoryUsage(),
    resources: resourceMemory(engine.views),
    results: engine.counts,
    views: { inUse: engine.views.filter(view => view.proxies > 0).length, kept: engine.views.length },
    proxies: {
      count: proxies.length,
      namesSubscribed: sum(t => t.subscribed),
      resourcesHeld: sum(t => t.held),
      unreadBytes: proxies.reduce((all, proxy) => all + proxy.unreadBytes, 0),
    },
  }
}

function behindFirst(a: ProxyStatus, b: ProxyStatus): number {
  return Number(a.inStep) - Number(b.inStep) || (a.node.id < b.node.id ? -1 : 1)
}

function proxyRow(proxy: ProxyStatus) {
  const { stream, node, mode, peer, connectedSince, inStep, unreadBytes } = proxy
  const types = proxy.types.map(({ typeUrl, sent, acked, nacked, ...rest }) => ({
    type: typeOf(typeUrl),
    ...rest,
    sent: sent && { ...sent, at: new Date(sent.at).toISOString() },
    acked: acked && { ...acked, at: new Date(acked.at).toISOString() },
    nacked: nacked?.words,
  }))
  return { id: node.id, stream, mode, peer, since: new Date(connectedSince).toISOString(), inStep, unreadBytes, types }
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100
}
