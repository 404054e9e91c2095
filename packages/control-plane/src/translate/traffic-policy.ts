import type { TrafficPolicy } from '../model/index.ts'
import type { MergedRule } from './destination-rules.ts'

type PortPolicy = Omit<TrafficPolicy, 'portLevelSettings'>

const none: ReadonlyMap<number, PortPolicy> = new Map()

/**
 * The policy of one port of one subset. A subset's fields beat the destination's; a port's settings stand alone: what they
 * leave out is Istio's default, not the destination's (istio.io, DestinationRule, PortTrafficPolicy).
 */
export function effectivePolicy(
  rule: MergedRule | undefined,
  port: number,
  subset: string | undefined,
): TrafficPolicy | undefined {
  const base = layer(undefined, rule?.trafficPolicy, port)
  const own = subset ? rule?.subsets.find(s => s.name === subset)?.trafficPolicy : undefined
  const policy = layer(base, own, port)
  return policy && { ...policy, portLevelSettings: none }
}

function layer(base: PortPolicy | undefined, over: TrafficPolicy | undefined, port: number): PortPolicy | undefined {
  if (!over) return base
  const forPort = over.portLevelSettings.get(port)
  if (forPort) {
    return {
      loadBalancer: forPort.loadBalancer,
      connectionPool: forPort.connectionPool,
      outlierDetection: forPort.outlierDetection,
      tls: forPort.tls,
    }
  }
  return {
    loadBalancer: over.loadBalancer ?? base?.loadBalancer,
    connectionPool: over.connectionPool ?? base?.connectionPool,
    outlierDetection: over.outlierDetection ?? base?.outlierDetection,
    tls: over.tls ?? base?.tls,
  }
}
