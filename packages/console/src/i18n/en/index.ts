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

/** English is the type: another language has the same keys, or does not compile. One file a page. */
export const en = {
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

type Texts<T> = { readonly [K in keyof T]: T[K] extends string ? string : Texts<T[K]> }
export type Translation = Texts<typeof en>
