import {
  IconActivity,
  IconArrowsSplit2,
  IconBoxMultiple,
  IconDoorEnter,
  IconFileCode,
  IconMap2,
  IconNetwork,
  IconServer2,
  IconTimelineEvent,
} from '@tabler/icons-react'
import type { en } from '../i18n/en/index.ts'
import { type FetchedPage, page } from './page.ts'

/** A page: its address, its name's key under `pages`, its place in the navigation. Fetched when first opened. */
export interface Page {
  readonly path: string
  readonly name: Exclude<keyof (typeof en)['pages'], 'group'>
  readonly group: 'traffic' | 'mesh'
  readonly Icon: typeof IconMap2
  readonly Content: FetchedPage
  /** Addresses below it: wouter patterns with their pages. */
  readonly below?: readonly { readonly path: string; readonly Content: FetchedPage }[]
}

export const pages: readonly Page[] = [
  {
    path: '/',
    name: 'overview',
    group: 'traffic',
    Icon: IconMap2,
    Content: page(() => import('../pages/overview/OverviewPage.tsx')),
  },
  {
    path: '/regional-traffic',
    name: 'regional',
    group: 'traffic',
    Icon: IconArrowsSplit2,
    Content: page(() => import('../pages/regional/RegionalPage.tsx')),
  },
  {
    path: '/services',
    name: 'services',
    group: 'traffic',
    Icon: IconBoxMultiple,
    Content: page(() => import('../pages/services/ServicesPage.tsx')),
    below: [{ path: '/services/:service', Content: page(() => import('../pages/services/ServicePage.tsx')) }],
  },
  {
    path: '/rules',
    name: 'rules',
    group: 'traffic',
    Icon: IconFileCode,
    Content: page(() => import('../pages/rules/RulesPage.tsx')),
    below: [
      { path: '/rules/:kind/new', Content: page(() => import('../pages/rules/NewRulePage.tsx')) },
      { path: '/rules/:kind/:namespace/:name', Content: page(() => import('../pages/rules/RulePage.tsx')) },
    ],
  },
  {
    path: '/clusters',
    name: 'clusters',
    group: 'mesh',
    Icon: IconServer2,
    Content: page(() => import('../pages/clusters/ClustersPage.tsx')),
    below: [{ path: '/clusters/:cluster', Content: page(() => import('../pages/clusters/ClusterPage.tsx')) }],
  },
  {
    path: '/network',
    name: 'network',
    group: 'mesh',
    Icon: IconNetwork,
    Content: page(() => import('../pages/network/NetworkPage.tsx')),
  },
  {
    path: '/gateways',
    name: 'gateways',
    group: 'mesh',
    Icon: IconDoorEnter,
    Content: page(() => import('../pages/gateways/GatewaysPage.tsx')),
  },
  {
    path: '/proxies',
    name: 'proxies',
    group: 'mesh',
    Icon: IconActivity,
    Content: page(() => import('../pages/proxies/ProxiesPage.tsx')),
    below: [{ path: '/proxies/:proxy', Content: page(() => import('../pages/proxies/ProxyPage.tsx')) }],
  },
  {
    path: '/events',
    name: 'events',
    group: 'mesh',
    Icon: IconTimelineEvent,
    Content: page(() => import('../pages/events/EventsPage.tsx')),
  },
]

/** Fetches the page of an address before anybody renders it. */
export async function fetchPage(location: string): Promise<void> {
  const [, first = ''] = location.split('/')
  const at = pages.find(({ path }) => path === `/${first}`)
  const deeper = at && location !== at.path ? at.below?.[0] : undefined
  await (deeper ?? at)?.Content.fetch().catch(() => undefined)
}
