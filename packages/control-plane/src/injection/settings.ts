import type { Redirect } from '../model/index.ts'

/** What the sidecars and gateways of one member cluster have in common. */
export interface ProxySettings {
  readonly cluster: string
  readonly network: string
  readonly domain: string
  /** `HOST:PORT` of the control plane as pods of this cluster reach it. */
  readonly xdsAddress: string
  readonly redirect: Exclude<Redirect, 'none'>
  readonly proxyImage: string
  readonly redirectImage: string
}

export const defaultImages = {
  proxyImage: 'isthmus.dev/proxy:0.1.0',
  redirectImage: 'isthmus.dev/redirect:0.1.0',
} as const
