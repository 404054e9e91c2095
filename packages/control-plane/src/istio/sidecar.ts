import type { SidecarScope } from '../model/index.ts'
import type { ParseContext, Parsed, RawObject } from './report.ts'
import { openRule } from './rule.ts'

/** Honoured: which hosts its workloads see. Ports, binds and ingress listeners are not. */
export function parseSidecar(object: RawObject, context: ParseContext): Parsed<SidecarScope> {
  const rule = openRule(object, context)
  const { spec } = rule
  const workloadSelector = spec.in('workloadSelector', s => s.map('labels')) ?? {}
  const egress = spec.each('egress', e => {
    for (const field of ['port', 'bind', 'captureMode']) e.ignore(field)
    e.require('hosts')
    const hosts = e.strings('hosts')
    for (const [i, host] of hosts.entries()) {
      if (!/^[^/]+\/[^/]+$/.test(host)) e.error(`hosts[${i}]`, `must be namespace/dnsName, is "${host}"`)
    }
    return hosts.map(h => (h.startsWith('./') ? `${rule.meta.namespace}/${h.slice(2)}` : h))
  })
  for (const field of ['ingress', 'outboundTrafficPolicy', 'inboundConnectionPool']) spec.ignore(field)
  spec.done()
  return rule.report.result({
    ...rule.meta,
    workloadSelector,
    ...(spec.has('egress') && { egressHosts: [...new Set(egress.flat())] }),
  })
}
