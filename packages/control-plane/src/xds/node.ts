import type { Node } from '@isthmus/envoy-api/envoy/config/core/v3/base'
import { IsthmusError } from '@isthmus/errors'
import type { ProxyNode, Redirect } from '../model/index.ts'

/** A proxy as it says it is, in Istio's format: id `sidecar~IP~POD.NAMESPACE~NAMESPACE.svc.DOMAIN`, the rest in metadata. Throws ISM3013. */
export function parseNode(node: Node | undefined): ProxyNode {
  if (!node) throw new IsthmusError('ISM3013', 'the first request of the stream carries no node')
  const [type, ip, pod, domain, more] = node.id.split('~')
  if (!type || ip === undefined || !pod || domain === undefined || more !== undefined) {
    throw new IsthmusError('ISM3013', `node id ${JSON.stringify(clip(node.id))} does not have four parts joined by ~`)
  }
  if (type !== 'sidecar' && type !== 'router') {
    throw new IsthmusError('ISM3013', `node id ${JSON.stringify(clip(node.id))} is neither a sidecar nor a router`)
  }
  const metadata = (node.metadata ?? {}) as Readonly<Record<string, unknown>>
  const dot = pod.lastIndexOf('.')
  const namespace = text(metadata.NAMESPACE) || (dot > 0 ? pod.slice(dot + 1) : (domain.split('.')[0] ?? ''))
  const { region = '', zone = '', subZone = '' } = node.locality ?? {}
  return {
    id: node.id,
    kind: type === 'router' ? 'gateway' : 'sidecar',
    cluster: text(metadata.CLUSTER_ID),
    namespace,
    pod: text(metadata.NAME) || (dot > 0 ? pod.slice(0, dot) : pod),
    ip: ip || firstOf(text(metadata.INSTANCE_IPS)),
    labels: labels(metadata.LABELS),
    locality: { region, zone, subzone: subZone },
    network: text(metadata.NETWORK),
    serviceAccount: text(metadata.SERVICE_ACCOUNT),
    envoyVersion: envoyVersion(node),
    redirect: redirect(text(metadata.ISTHMUS_REDIRECT)),
  }
}

function redirect(value: string): Redirect {
  return value === 'mark' || value === 'none' ? value : 'uid'
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function firstOf(list: string): string {
  return list.split(',')[0] ?? ''
}

function labels(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  return Object.fromEntries(Object.entries(value).filter((e): e is [string, string] => typeof e[1] === 'string'))
}

function envoyVersion(node: Node): string {
  const { case: kind, value } = node.userAgentVersionType
  if (kind === 'userAgentVersion') return value
  const version = kind === 'userAgentBuildVersion' ? value.version : undefined
  return version ? `${version.majorNumber}.${version.minorNumber}.${version.patch}` : ''
}

/** Long nonsense in an error message helps nobody. */
function clip(id: string): string {
  return id.length > 200 ? `${id.slice(0, 200)}…` : id
}
