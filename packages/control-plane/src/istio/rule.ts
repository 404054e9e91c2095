import type { RuleMeta } from '../model/index.ts'
import { hostProblem, resolveHost } from './names.ts'
import { Reader } from './reader.ts'
import { originOf, type ParseContext, type RawObject, Report } from './report.ts'

export const istioVersions = ['networking.istio.io/v1', 'networking.istio.io/v1beta1', 'networking.istio.io/v1alpha3']

/** A rule being read: its report, the reader of its spec, and what every rule has. */
export interface RuleBeingRead {
  readonly report: Report
  readonly spec: Reader
  readonly meta: RuleMeta
  /** Resolves a short name relative to the rule's namespace, and reports what is no host. */
  host(reader: Reader, field: string, options?: { wildcard?: boolean }): string
  hosts(reader: Reader, field: string, options?: { wildcard?: boolean }): readonly string[]
}

export function openRule(
  object: RawObject,
  context: ParseContext,
  versions: readonly string[] = istioVersions,
): RuleBeingRead {
  const report = new Report(originOf(object, context))
  if (!versions.includes(object.apiVersion))
    report.error('apiVersion', `${object.apiVersion} is not understood; ${versions.join(', ')} are`, 'ISM2004')
  if (object.spec === undefined || object.spec === null) report.error('spec', 'is required', 'ISM2002')
  const spec = new Reader(object.spec ?? {}, 'spec', report)
  const namespace = object.metadata.namespace ?? ''
  const check = (host: string, path: string, wildcard: boolean) => {
    const problem = hostProblem(host, wildcard)
    if (problem) report.error(path, problem)
    return resolveHost(host, namespace, context.domain)
  }
  const exportTo = spec.strings('exportTo')
  return {
    report,
    spec,
    meta: {
      name: object.metadata.name,
      namespace,
      createdAt: Date.parse(object.metadata.creationTimestamp ?? '') || 0,
      exportTo: exportTo.length > 0 ? exportTo : ['*'],
      origin: report.origin,
    },
    host(reader, field, options = {}) {
      const host = reader.text(field)
      return host ? check(host, reader.at(field), options.wildcard ?? false) : ''
    },
    hosts(reader, field, options = {}) {
      return reader.strings(field).map((h, i) => check(h, `${reader.at(field)}[${i}]`, options.wildcard ?? true))
    },
  }
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
