import {
  HeaderValueOption_HeaderAppendAction,
  type HeaderValueOptionSchema,
} from '@isthmus/envoy-api/envoy/config/core/v3/base'
import type { HeaderOps } from '../model/index.ts'
import type { Init } from './translated.ts'

type Option = Init<typeof HeaderValueOptionSchema>

/** Header operations of a route or of a weighted destination. */
export function headerOps(request: HeaderOps | undefined, response: HeaderOps | undefined) {
  return {
    requestHeadersToAdd: added(request),
    requestHeadersToRemove: removed(request),
    responseHeadersToAdd: added(response),
    responseHeadersToRemove: removed(response),
  }
}

/** Envoy does not let the host be set as a header: Istio makes it a rewrite. */
export function hostSet(request: HeaderOps | undefined): string | undefined {
  return Object.entries(request?.set ?? {}).find(([name]) => isHost(name))?.[1]
}

function added(ops: HeaderOps | undefined): Option[] {
  if (!ops) return []
  const { APPEND_IF_EXISTS_OR_ADD, OVERWRITE_IF_EXISTS_OR_ADD } = HeaderValueOption_HeaderAppendAction
  return [...options(ops.set, OVERWRITE_IF_EXISTS_OR_ADD), ...options(ops.add, APPEND_IF_EXISTS_OR_ADD)]
}

function options(
  values: Readonly<Record<string, string>>,
  appendAction: HeaderValueOption_HeaderAppendAction,
): Option[] {
  return Object.keys(values)
    .filter(key => !isHost(key))
    .sort()
    .map(key => ({ header: { key, value: values[key] ?? '' }, appendAction }))
}

function removed(ops: HeaderOps | undefined): string[] {
  return (ops?.remove ?? []).filter(name => !isHost(name))
}

function isHost(name: string): boolean {
  return name.toLowerCase() === 'host' || name === ':authority'
}
