import type { Translation } from '../en/index.ts'
import { clusters } from './clusters.ts'
import { common } from './common.ts'
import { events } from './events.ts'
import { gateways } from './gateways.ts'
import { network } from './network.ts'
import { overview } from './overview.ts'
import { pages } from './pages.ts'
import { proxies } from './proxies.ts'
import { regional } from './regional.ts'
import { rules } from './rules.ts'
import { services } from './services.ts'

export const zh: Translation = {
  clusters,
  common,
  events,
  gateways,
  network,
  overview,
  pages,
  proxies,
  regional,
  rules,
  services,
}
