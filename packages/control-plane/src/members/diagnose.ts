import { isKubeError, type KubeClient } from '@isthmus/kubernetes'
import { conclude, type Diagnosis, type DiagnosisContext } from './diagnosis.ts'
import { readFacts } from './facts.ts'
import type { NetworkInventory } from './inventory.ts'
import { measureTcp, measureTls, resolve, targetOf } from './measure.ts'
import { firstObstacle, type Obstacle } from './obstacle.ts'
import { missingPermissions, type Permission } from './permissions.ts'
import type { ApiAnswer, Symptoms } from './symptoms.ts'

export interface DiagnoseOptions {
  readonly client: KubeClient
  /** What the credentials have to be allowed. */
  readonly permissions: readonly Permission[]
  /** IP address of the control plane, as it appears in the network inventory. */
  readonly from: string
  readonly inventory?: NetworkInventory
  readonly region?: string
  readonly others: DiagnosisContext['others']
}

/** Measures the way to a cluster step by step and says the first thing that is wrong. Takes at most about 20 s. */
export async function diagnose(o: DiagnoseOptions): Promise<Diagnosis> {
  const symptoms = await measure(o.client, o.permissions)
  const suspicious = symptoms.tcp.kind !== 'connected' || (symptoms.tls && symptoms.tls.kind !== 'done')
  const found = suspicious ? await causes(o, symptoms) : { inventory: o.inventory !== undefined }
  return conclude(symptoms, { region: o.region, others: o.others, ...found })
}

async function causes(o: DiagnoseOptions, s: Symptoms): Promise<{ inventory: boolean; obstacle?: Obstacle }> {
  if (!o.inventory || !s.address) return { inventory: false }
  try {
    const objects = await o.inventory.objects(AbortSignal.timeout(5_000))
    return { inventory: true, obstacle: firstObstacle(objects, { from: o.from, to: s.address, port: s.port }) }
  } catch {
    // An inventory that does not answer is as good as none: the symptom is told.
    return { inventory: false }
  }
}

/** Each step only where the one before it went well. */
export async function measure(client: KubeClient, permissions: readonly Permission[]): Promise<Symptoms> {
  const { access } = client
  const target = targetOf(access.server)
  const address = await resolve(target.host)
  const base = { server: access.server, ...target, address }
  const { reach, socket } = await measureTcp(target)
  if (!socket) return { ...base, tcp: reach }
  const tls = await measureTls(socket, target, access)
  if (tls.kind !== 'done') return { ...base, tcp: reach, tls }
  try {
    const missing = await missingPermissions(client, permissions)
    const api: ApiAnswer = { kind: 'answered', detail: '' }
    if (missing.length > 0) return { ...base, tcp: reach, tls, api, missingPermissions: missing }
    return { ...base, tcp: reach, tls, api, missingPermissions: [], facts: await readFacts(client) }
  } catch (error) {
    return { ...base, tcp: reach, tls, api: apiFailure(error) }
  }
}

function apiFailure(error: unknown): ApiAnswer {
  const detail = error instanceof Error ? error.message : String(error)
  if (isKubeError(error, 'unauthorized')) return { kind: 'unauthorized', detail }
  if (isKubeError(error, 'timeout')) return { kind: 'timeout', detail }
  if (isKubeError(error, 'protocol', 'notFound')) return { kind: 'notKubernetes', detail }
  return { kind: 'failed', detail }
}
