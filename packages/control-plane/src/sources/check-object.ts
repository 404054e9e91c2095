import type * as kube from '@isthmus/kubernetes'
import { type ParseContext, parseCredential, parseServiceEntry, parseWorkloadEntry } from '../istio/index.ts'
import type { Finding } from '../model/index.ts'
import { isRuleKind, ruleFindings } from './rule-table.ts'

/** What is wrong with an object of the mesh's configuration; undefined for a kind that is none of it. */
export function checkObject(object: kube.KubeObject, context: ParseContext): readonly Finding[] | undefined {
  if (!isConfiguration(object)) return undefined
  if (object.kind === 'ServiceEntry') return parseServiceEntry(object, context).findings
  if (object.kind === 'WorkloadEntry') return parseWorkloadEntry(object, context).findings
  if (object.kind === 'Secret') return parseCredential(object as kube.Secret, context).findings
  return ruleFindings(object, context)
}

/** True for the kinds that make up the mesh's configuration. */
export function isConfiguration({ kind, apiVersion }: kube.Kind): boolean {
  // Gateway is a kind of the Kubernetes Gateway API too.
  if (apiVersion.startsWith('gateway.networking.k8s.io/')) return false
  return isRuleKind(kind) || kind === 'ServiceEntry' || kind === 'WorkloadEntry' || kind === 'Secret'
}
