import type { Permission } from '@isthmus/api'
import { parse } from 'yaml'

/** What somebody must be allowed to do to write a kind. */
export function actionFor(kind: string): Permission['action'] {
  if (kind === 'RegionalTrafficPolicy') return 'editRegionalTraffic'
  return kind === 'MemberCluster' ? 'addClusters' : 'editRules'
}

/** Name and namespace as a text under edit says them; empty where it does not (yet). */
export function nameIn(yaml: string): { readonly name: string; readonly namespace: string } {
  try {
    const { metadata } = (parse(yaml) ?? {}) as { metadata?: { name?: unknown; namespace?: unknown } }
    const text = (value: unknown, otherwise: string) => (typeof value === 'string' ? value : otherwise)
    return { name: text(metadata?.name, ''), namespace: text(metadata?.namespace, 'default') }
  } catch {
    return { name: '', namespace: '' }
  }
}

/** Address of an object's page. Objects without a namespace have `-` in its place. */
export function pageOf(kind: string, namespace: string, name: string): string {
  return `/rules/${kind}/${encodeURIComponent(namespace || '-')}/${encodeURIComponent(name)}`
}
