import type { ProxyComparison } from '@isthmus/api'
import { typeUrls } from '../../snapshot/index.ts'
import { type ProxyConfig, type ProxyStatus, shown } from '../../xds/status.ts'
import type { Meant } from '../parts.ts'
import { redacted } from './redact.ts'

/** Types that a proxy holds all of; of the others it asks for what it needs. */
const whole: ReadonlySet<string> = new Set([typeUrls.cluster, typeUrls.listener])

/** The proxy's admin interface stays on loopback in its pod: that dump holds more than people should see. */
const notAsked =
  'The admin interface of a proxy is open to its own pod only: what it has acknowledged is compared, not what it says.'

/** What a proxy has acknowledged, beside what is meant for it now. */
export function compared(status: ProxyStatus, held: ProxyConfig, meant: Meant, at: number): ProxyComparison {
  const differences: ProxyComparison['differences'] = []
  for (const typeUrl of Object.values(typeUrls)) {
    const type = typeUrl.slice(typeUrl.lastIndexOf('.') + 1)
    const has = new Map((held[typeUrl] ?? []).map(r => [r.name, r]))
    const wants = meant.get(typeUrl) ?? new Map()
    for (const [name, resource] of wants) {
      const own = has.get(name)
      const text = () => JSON.stringify(redacted(shown(resource).config))
      if (!own) {
        if (whole.has(typeUrl)) differences.push({ type, name, kind: 'missing', meant: text() })
      } else if (own.version !== resource.version)
        differences.push({ type, name, kind: 'different', meant: text(), held: JSON.stringify(redacted(own.config)) })
    }
    for (const [name, own] of has)
      if (!wants.has(name)) differences.push({ type, name, kind: 'extra', held: JSON.stringify(redacted(own.config)) })
  }
  const { pod, namespace } = status.node
  return {
    proxy: `${pod}.${namespace}`,
    at,
    same: differences.length === 0,
    differences: differences
      .slice(0, 500)
      .map(d => Object.fromEntries(Object.entries(d).filter(([, v]) => v !== undefined)) as typeof d),
    problem: notAsked,
  }
}
