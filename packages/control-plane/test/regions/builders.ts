import type { Endpoint, Locality, Origin, RegionalTrafficPolicy } from '@isthmus/control-plane/model/index.ts'
import { parseLocality } from '@isthmus/control-plane/model/index.ts'
import { type DecideInput, decide } from '@isthmus/control-plane/regions/index.ts'
import * as w from '../translate/world.ts'

/* The tutorial's mesh: Bookinfo in cn-hangzhou and cn-shanghai. */

export const hangzhou = 'cn-hangzhou'
export const shanghai = 'cn-shanghai'
export const beijing = 'cn-beijing'

export const reviews = w.service('reviews', { addresses: new Map(), origins: [] })

export function origin(kind: string, namespace: string, name: string): Origin {
  return { cluster: '', apiVersion: 'mesh.isthmus.dev/v1alpha1', kind, namespace, name }
}

/** A mesh-wide policy unless told otherwise. */
export function policy(spec: Partial<RegionalTrafficPolicy>): RegionalTrafficPolicy {
  const { name = 'mesh-wide', namespace = 'istio-system' } = spec
  return {
    createdAt: 0,
    exportTo: ['*'],
    services: [],
    ...spec,
    name,
    namespace,
    origin: origin('RegionalTrafficPolicy', namespace, name),
  }
}

export const bothWays = policy({
  failover: {
    enabled: true,
    rules: [
      { from: shanghai, to: [hangzhou], only: false },
      { from: hangzhou, to: [shanghai], only: false },
    ],
  },
})

export const tenPercent = policy({
  distribution: { enabled: true, at: 'entry', rules: [{ from: hangzhou, to: { [shanghai]: 10 } }] },
})

export const both = policy({ failover: bothWays.failover, distribution: tenPercent.distribution })

export const { trafficPolicy } = w

export const destinationRule: Origin = {
  ...origin('DestinationRule', 'default', 'reviews'),
  apiVersion: 'networking.istio.io/v1',
}

/** The tutorial's DestinationRule edit. */
export const tutorialRule = trafficPolicy({
  outlierDetection: { intervalMs: 1000, consecutive5xxErrors: 1, baseEjectionTimeMs: 60_000 },
})

/** `region` or `region/zone/subzone`. */
export function decideFor(from: string, policies: readonly RegionalTrafficPolicy[], more: Partial<DecideInput> = {}) {
  return decide({
    service: reviews,
    source: parseLocality(from),
    sourceLabels: {},
    role: 'sidecar',
    policies,
    knownRegions: [hangzhou, shanghai, beijing],
    ...more,
  })
}

let next = 0
export function endpoint(locality: string | Locality, fields: Partial<Endpoint> = {}): Endpoint {
  next++
  return w.endpoint(`10.0.${Math.floor(next / 250)}.${next % 250}`, 9080, {
    locality: typeof locality === 'string' ? parseLocality(locality) : locality,
    cluster: 'ack',
    workload: 'reviews',
    ...fields,
  })
}

export const endpoints = (locality: string, count: number, fields: Partial<Endpoint> = {}): Endpoint[] =>
  Array.from({ length: count }, () => endpoint(locality, fields))
