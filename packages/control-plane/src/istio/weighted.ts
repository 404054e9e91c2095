import type { Destination, HeaderOps, WeightedDestination } from '../model/index.ts'
import { headerNameProblem, headerValueProblem } from './header-format.ts'
import type { Reader } from './reader.ts'
import type { RuleBeingRead } from './rule.ts'

export function readDestination(destination: Reader, rule: RuleBeingRead): Destination {
  return {
    host: rule.host(destination, 'host'),
    subset: destination.string('subset'),
    port: destination.in('port', p => p.port('number')),
  }
}

export function readWeighted(route: Reader, rule: RuleBeingRead, options: { headers: boolean }): WeightedDestination {
  route.require('destination')
  const destination = route.in('destination', d => readDestination(d, rule)) ?? { host: '' }
  const weight = route.number('weight') ?? 0
  return options.headers ? { destination, weight, ...readHeaders(route) } : { destination, weight }
}

/** Istio: weights are shares of their sum; one destination alone needs none; several need one that is not zero. */
export function checkWeights(route: Reader, weighted: WeightedDestination[]): void {
  const sum = weighted.reduce((n, w) => n + w.weight, 0)
  const [only] = weighted
  if (weighted.length === 1 && only && sum === 0) weighted[0] = { ...only, weight: 100 }
  else if (weighted.length > 1 && sum === 0)
    route.error('route', 'has several destinations, and the weights add up to 0')
}

/** `headers: {request, response}` of a route or a destination. */
export function readHeaders(reader: Reader): { requestHeaders?: HeaderOps; responseHeaders?: HeaderOps } {
  return (
    reader.in('headers', h => {
      const requestHeaders = h.in('request', readOps)
      const responseHeaders = h.in('response', readOps)
      return { ...(requestHeaders && { requestHeaders }), ...(responseHeaders && { responseHeaders }) }
    }) ?? {}
  )
}

function readOps(ops: Reader): HeaderOps {
  const made = { set: ops.map('set'), add: ops.map('add'), remove: ops.strings('remove') }
  for (const [field, names] of Object.entries({
    set: Object.keys(made.set),
    add: Object.keys(made.add),
    remove: made.remove,
  })) {
    for (const name of names) {
      const problem = name.startsWith(':') ? undefined : headerNameProblem(name)
      if (problem) ops.error(field, problem)
      else if (name.startsWith(':') && name !== ':authority') ops.error(field, `the header ${name} must not be changed`)
    }
  }
  for (const field of ['set', 'add'] as const) {
    for (const [name, value] of Object.entries(made[field])) {
      const problem = headerValueProblem(value)
      if (problem) ops.report.error(`${ops.at(field)}.${name}`, problem)
    }
  }
  return made
}
