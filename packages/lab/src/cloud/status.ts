import { errors } from '@isthmus/errors'
import { type Condition, type KubeClient, setCondition } from '@isthmus/kubernetes'
import { parseCidr } from '../network/cidr.ts'
import { formatBandwidth, parseBandwidth, unplannedRate } from '../network/shaping.ts'
import { usersOf } from './in-use.ts'
import type { WorldPlan } from './plan.ts'
import { type CloudObject, type CloudObjects, idOf } from './resources.ts'
import { routesOf } from './routes.ts'
import type { ClusterState, MeshState } from './state.ts'

/** What is known when statuses are made. */
export interface Facts {
  readonly objects: CloudObjects
  readonly plan: WorldPlan
  readonly clusters: ReadonlyMap<string, ClusterState>
  readonly meshes: ReadonlyMap<string, MeshState>
  /** Why the kernel refused the network as planned; undefined when it stands. */
  readonly networkFailure?: string
}

interface Finding {
  readonly status: Condition['status']
  readonly reason: string
  readonly message: string
}

/** The status a resource is to have, less the times of its conditions. Pure. */
export function statusOf(object: CloudObject, facts: Facts): { ready: Finding; fields: Record<string, unknown> } {
  const verdict = facts.plan.judgement.verdicts.get(idOf(object))
  const fields = verdict?.accepted === false ? {} : fieldsOf(object, facts)
  if (verdict?.accepted === false)
    return { ready: { status: 'False', reason: verdict.reason, message: verdict.message }, fields }
  if (object.metadata.deletionTimestamp) {
    const users = usersOf(facts.objects, idOf(object))
    if (users.length)
      return {
        ready: {
          status: 'True',
          reason: errors.ISM1210.reason,
          message: `ISM1210: to be deleted, and named by ${users.join(', ')}. ${errors.ISM1210.mend}`,
        },
        fields,
      }
  }
  if (facts.networkFailure)
    return { ready: { status: 'False', reason: 'NetworkRefused', message: facts.networkFailure }, fields }
  return { ready: readiness(object, facts), fields }
}

function readiness(object: CloudObject, facts: Facts): Finding {
  const { name } = object.metadata
  if (object.kind === 'ManagedCluster') {
    const missing = facts.plan.shortages.get(name)
    if (missing)
      return {
        status: 'False',
        reason: errors.ISM1209.reason,
        message: `ISM1209: no addresses are left for ${missing} nodes. ${errors.ISM1209.mend}`,
      }
    return running(facts.clusters.get(name))
  }
  if (object.kind === 'MeshInstance') return running(facts.meshes.get(name))
  if (
    object.kind === 'TransitRouterPeerAttachment' &&
    !(object as CloudObject<'TransitRouterPeerAttachment'>).spec.bandwidth
  )
    return {
      status: 'True',
      reason: 'NoBandwidthPlan',
      message: 'It carries 1Kbps each way: a ping passes, TLS does not. Set spec.bandwidth.',
    }
  return { status: 'True', reason: 'Ready', message: 'It is in force.' }
}

function running(state: ClusterState | MeshState | undefined): Finding {
  if (!state) return { status: 'False', reason: 'Starting', message: 'It is about to start.' }
  if (state.phase === 'Failed')
    return {
      status: 'False',
      reason: errors.ISM1213.reason,
      message: `ISM1213: ${state.message}. ${errors.ISM1213.mend}`,
    }
  return { status: state.phase === 'Ready' ? 'True' : 'False', reason: state.phase, message: state.message }
}

function fieldsOf(object: CloudObject, facts: Facts): Record<string, unknown> {
  const { name } = object.metadata
  const { plan } = facts
  switch (object.kind) {
    case 'VSwitch': {
      const { cidrBlock } = (object as CloudObject<'VSwitch'>).spec
      // The network's own, the gateway and the last are nobody's.
      return { availableAddresses: parseCidr(cidrBlock)!.size - 3 - (plan.allotments.get(name)?.size ?? 0) }
    }
    case 'TransitRouter':
      return { routes: routesOf(name, plan.topology) }
    case 'TransitRouterPeerAttachment': {
      const { bandwidth } = (object as CloudObject<'TransitRouterPeerAttachment'>).spec
      return { bandwidth: formatBandwidth(parseBandwidth(bandwidth ?? '') ?? unplannedRate) }
    }
    case 'SecurityGroup':
      return { members: plan.topology.hosts.filter(h => h.group === name).map(h => h.name) }
    case 'ManagedCluster': {
      const state = facts.clusters.get(name)
      const { securityGroup } = (object as CloudObject<'ManagedCluster'>).spec
      const nodes = state?.nodes ?? []
      return {
        endpoints: { private: state?.privateEndpoint, public: state?.publicEndpoint },
        securityGroup: securityGroup ?? `cluster ${name}`,
        readyNodes: nodes.filter(n => n.ready).length,
        nodes,
      }
    }
    case 'MeshInstance': {
      const state = facts.meshes.get(name)
      const endpoints = {
        private: state?.privateEndpoint,
        public: state?.publicEndpoint,
        api: state?.api,
        discovery: state?.discovery,
      }
      return { endpoints, restarts: state?.restarts ?? 0 }
    }
    default:
      return {}
  }
}

/** Writes the statuses that differ from what the API holds. */
export async function writeStatuses(client: KubeClient, facts: Facts, now: number): Promise<void> {
  await Promise.all(
    facts.objects.map(async object => {
      const { ready, fields } = statusOf(object, facts)
      const verdict = facts.plan.judgement.verdicts.get(idOf(object))
      const observedGeneration = object.metadata.generation
      const old = object.status?.conditions
      const accepted = {
        type: 'Accepted',
        status: verdict?.accepted ? 'True' : 'False',
        reason: verdict?.reason ?? 'Unknown',
        message: verdict?.message ?? '',
        observedGeneration,
      } as const
      const conditions = setCondition(
        setCondition(old, accepted, now),
        { type: 'Ready', ...ready, observedGeneration },
        now,
      )
      const wanted = JSON.parse(JSON.stringify(fields))
      const same = Object.entries(wanted).every(([k, v]) => canonical(v) === canonical(object.status?.[k]))
      if (conditions === old && same) return
      // What is written comes back through the watch; a conflict or a loss comes round again.
      await client.patchStatus(object, { name: object.metadata.name }, { ...wanted, conditions }).catch(() => {})
    }),
  )
}

/** Two values that differ only in the order of their fields are the same. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, v) =>
    v && typeof v === 'object' && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  ) ?? ''
