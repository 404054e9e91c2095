import { typeUrls } from '../../snapshot/index.ts'
import type { ProxyConfig, ProxyStatus, TypeStatus } from '../../xds/status.ts'
import { NotFound } from '../problem.ts'
import { redacted } from './redact.ts'

/** A connected proxy as the CLI and the console list it. */
export interface ProxyRow {
  /** `POD.NAMESPACE`, as Istio's `proxy-status` names it. */
  readonly id: string
  readonly kind: string
  readonly cluster: string
  readonly region: string
  readonly connectedSince: number
  readonly mode: string
  readonly envoyVersion: string
  readonly types: readonly TypeRow[]
}

export interface TypeRow {
  readonly type: string
  readonly state: 'in step' | 'behind' | 'refused' | 'not asked'
  readonly resources: number
  /** The proxy's own words about what it refused. */
  readonly words?: string
}

const types = [
  ['CDS', typeUrls.cluster, 'clusters'],
  ['EDS', typeUrls.endpoint, 'endpoints'],
  ['LDS', typeUrls.listener, 'listeners'],
  ['RDS', typeUrls.route, 'routes'],
  ['SDS', typeUrls.secret, 'secrets'],
] as const

/** @param regionOf the region the proxy's view stands in */
export function proxyRow(status: ProxyStatus, regionOf: (status: ProxyStatus) => string): ProxyRow {
  const { node } = status
  return {
    id: `${node.pod}.${node.namespace}`,
    kind: node.kind,
    cluster: node.cluster,
    region: regionOf(status),
    connectedSince: status.connectedSince,
    mode: status.mode,
    envoyVersion: node.envoyVersion,
    types: types.map(([type, typeUrl]) =>
      typeRow(
        type,
        status.types.find(t => t.typeUrl === typeUrl),
      ),
    ),
  }
}

function typeRow(type: string, status: TypeStatus | undefined): TypeRow {
  if (!status) return { type, state: 'not asked', resources: 0 }
  if (status.nacked) return { type, state: 'refused', resources: status.held, words: status.nacked.words }
  return { type, state: status.inStep ? 'in step' : 'behind', resources: status.held }
}

/** The one proxy that `name` means: its pod, `POD.NAMESPACE`, `NAMESPACE/POD`, or `CLUSTER/NAMESPACE/POD`. */
export function proxyNamed(all: readonly ProxyStatus[], name: string): ProxyStatus {
  const parts = name.split('/')
  const matches = all.filter(({ node }) =>
    parts.length === 3
      ? node.cluster === parts[0] && node.namespace === parts[1] && node.pod === parts[2]
      : parts.length === 2
        ? node.namespace === parts[0] && node.pod === parts[1]
        : node.pod === name || `${node.pod}.${node.namespace}` === name,
  )
  const clusters = new Set(matches.map(({ node }) => node.cluster))
  if (clusters.size > 1)
    throw new NotFound(`${name} is connected from ${[...clusters].join(' and ')}: say CLUSTER/NAMESPACE/POD`)
  // A proxy that reconnects may still have its old stream for a moment: the newest counts.
  const newest = matches.toSorted((a, b) => b.stream - a.stream)[0]
  if (newest) return newest
  const like = all.filter(({ node }) => node.pod.startsWith(name.split('/').at(-1) ?? name)).map(({ node }) => node.pod)
  throw new NotFound(
    `no proxy ${name} is connected${like.length > 0 ? `; did you mean ${like.slice(0, 5).join(' or ')}?` : ''}`,
  )
}

/** A proxy's configuration by the names people use, each resource with its own `name`. */
export function configByType(config: ProxyConfig, only: string | null): Record<string, readonly object[]> {
  const known = types.map(([, , plural]) => plural as string)
  if (only !== null && !known.includes(only)) throw new NotFound(`--type takes ${known.join(', ')}, not ${only}`)
  return Object.fromEntries(
    types
      .filter(([, , plural]) => only === null || plural === only)
      .map(([, typeUrl, plural]) => [
        plural,
        (config[typeUrl] ?? []).map(({ config, ...rest }) => ({ ...rest, config: redacted(config) })),
      ]),
  )
}
