import type { HttpRoute, L4Match, L4Route, VirtualService } from '../model/index.ts'
import { parseHttpRoute } from './http-route.ts'
import { addressProblem, resolveGateway } from './names.ts'
import type { Reader } from './reader.ts'
import type { ParseContext, Parsed, RawObject } from './report.ts'
import { openRule, type RuleBeingRead } from './rule.ts'
import { checkWeights, readWeighted } from './weighted.ts'

/** A VirtualService before its delegates are merged in. */
export interface ParsedVirtualService extends VirtualService {
  /** By index in `http`: the VirtualService that route hands over to, `namespace/name`. */
  readonly delegates: ReadonlyMap<number, string>
}

export function parseVirtualService(object: RawObject, context: ParseContext): Parsed<ParsedVirtualService> {
  const rule = openRule(object, context)
  const { spec, meta } = rule
  const gateways = spec.strings('gateways').map(g => resolveGateway(g, meta.namespace))
  const delegates = new Map<number, string>()
  const http: HttpRoute[] = spec.each('http', (route, i) => {
    const delegate = route.in('delegate', d => `${d.string('namespace') || meta.namespace}/${d.text('name')}`)
    if (delegate) delegates.set(i, delegate)
    return parseHttpRoute(route, rule, delegate !== undefined)
  })
  const hosts = rule.hosts(spec, 'hosts')
  const tls = spec.each('tls', r => parseL4Route(r, rule, true))
  const tcp = spec.each('tcp', r => parseL4Route(r, rule, false))
  if (http.length + tls.length + tcp.length === 0) rule.report.error('spec', 'has no http, tls or tcp route', 'ISM2002')
  // Without hosts it is a delegate, which only http routes can be.
  if (hosts.length === 0 && (tls.length > 0 || tcp.length > 0 || gateways.length > 0))
    rule.report.error('spec.hosts', 'is required (only a VirtualService that others delegate to has none)', 'ISM2002')
  spec.done()
  return rule.report.result({
    ...meta,
    hosts,
    gateways: gateways.length > 0 ? gateways : ['mesh'],
    http,
    tls,
    tcp,
    delegates,
  })
}

function parseL4Route(route: Reader, rule: RuleBeingRead, tls: boolean): L4Route {
  if (tls) route.require('match')
  const match = route.each('match', m => parseL4Match(m, rule, tls))
  route.require('route')
  const weighted = route.each('route', r => readWeighted(r, rule, { headers: false }))
  checkWeights(route, weighted)
  return { match, route: weighted }
}

function parseL4Match(match: Reader, rule: RuleBeingRead, tls: boolean): L4Match {
  if (tls) match.require('sniHosts')
  match.ignore('sourceSubnet')
  const destinationSubnets = match.strings('destinationSubnets')
  for (const [i, subnet] of destinationSubnets.entries()) {
    const problem = addressProblem(subnet)
    if (problem) match.error(`destinationSubnets[${i}]`, problem)
  }
  return {
    destinationSubnets,
    port: match.port('port'),
    sourceLabels: match.map('sourceLabels'),
    sourceNamespace: match.string('sourceNamespace'),
    gateways: match.strings('gateways').map(g => resolveGateway(g, rule.meta.namespace)),
    sniHosts: tls ? match.strings('sniHosts') : [],
  }
}
