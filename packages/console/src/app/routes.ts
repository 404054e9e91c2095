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
import { type ComponentType, lazy } from 'react'
import type { en } from '../i18n/en/index.ts'

/** A page: its address, its name's key under `pages`, its place in the navigation. Fetched when first opened. */
export interface Page {
  readonly path: string
  readonly name: Exclude<keyof (typeof en)['pages'], 'group'>
  readonly group: 'traffic' | 'mesh'
  readonly Icon: typeof IconMap2
  readonly Content: ComponentType
  /** Addresses below it: wouter patterns with their pages. */
  readonly below?: readonly { readonly path: string; readonly Content: ComponentType }[]
}

export const pages: readonly Page[] = [
  {
    path: '/',
    name: 'overview',
    group: 'traffic',
    Icon: IconMap2,
    Content: lazy(() => import('../pages/overview/OverviewPage.tsx')),
  },
  {
    path: '/regional-traffic',
    name: 'regional',
    group: 'traffic',
    Icon: IconArrowsSplit2,
    Content: lazy(() => import('../pages/regional/RegionalPage.tsx')),
  },
  {
    path: '/services',
    name: 'services',
    group: 'traffic',
    Icon: IconBoxMultiple,
    Content: lazy(() => import('../pages/services/ServicesPage.tsx')),
    below: [{ path: '/services/:service', Content: lazy(() => import('../pages/services/ServicePage.tsx')) }],
  },
  {
    path: '/rules',
    name: 'rules',
    group: 'traffic',
    Icon: IconFileCode,
    Content: lazy(() => import('../pages/rules/RulesPage.tsx')),
    below: [
      { path: '/rules/:kind/new', Content: lazy(() => import('../pages/rules/NewRulePage.tsx')) },
      { path: '/rules/:kind/:namespace/:name', Content: lazy(() => import('../pages/rules/RulePage.tsx')) },
    ],
  },
  {
    path: '/clusters',
    name: 'clusters',
    group: 'mesh',
    Icon: IconServer2,
    Content: lazy(() => import('../pages/clusters/ClustersPage.tsx')),
    below: [{ path: '/clusters/:cluster', Content: lazy(() => import('../pages/clusters/ClusterPage.tsx')) }],
  },
  {
    path: '/network',
    name: 'network',
    group: 'mesh',
    Icon: IconNetwork,
    Content: lazy(() => import('../pages/network/NetworkPage.tsx')),
  },
  {
    path: '/gateways',
    name: 'gateways',
    group: 'mesh',
    Icon: IconDoorEnter,
    Content: lazy(() => import('../pages/gateways/GatewaysPage.tsx')),
  },
  {
    path: '/proxies',
    name: 'proxies',
    group: 'mesh',
    Icon: IconActivity,
    Content: lazy(() => import('../pages/proxies/ProxiesPage.tsx')),
    below: [{ path: '/proxies/:proxy', Content: lazy(() => import('../pages/proxies/ProxyPage.tsx')) }],
  },
  {
    path: '/events',
    name: 'events',
    group: 'mesh',
    Icon: IconTimelineEvent,
    Content: lazy(() => import('../pages/events/EventsPage.tsx')),
  },
]
