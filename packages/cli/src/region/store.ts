import { IsthmusError } from '@isthmus/errors'
import { isKubeError, type KubeClient, kinds } from '@isthmus/kubernetes'
import { isEmpty } from './edit.ts'
import { type PolicyObject, type PolicySpec, type PolicyTarget, qualified } from './policy-object.ts'

const attempts = 5

/**
 * Reads the policy, edits it, writes it back; again where somebody wrote in between. A policy that is left with nothing is
 * deleted. The object as it is afterwards; undefined: deleted.
 */
export async function editPolicy(
  client: KubeClient,
  target: PolicyTarget,
  edit: (spec: PolicySpec) => PolicySpec,
): Promise<PolicyObject | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await editOnce(client, target, edit)
    } catch (error) {
      if (attempt === attempts || !isKubeError(error, 'conflict', 'alreadyExists')) throw error
    }
  }
}

export function listPolicies(client: KubeClient): Promise<PolicyObject[]> {
  return client.list<PolicyObject>(kinds.RegionalTrafficPolicy)
}

async function editOnce(client: KubeClient, target: PolicyTarget, edit: (spec: PolicySpec) => PolicySpec) {
  const { name, namespace, service } = target
  const key = { name, namespace }
  const before = await client.find<PolicyObject>(kinds.RegionalTrafficPolicy, key)
  if (before) checkScope(before, target)
  const spec = edit(before?.spec ?? (service ? { services: [service] } : {}))
  if (!before) {
    return client.create<PolicyObject>({ ...kinds.RegionalTrafficPolicy, metadata: key, spec })
  }
  if (isEmpty(spec)) {
    await client.delete(kinds.RegionalTrafficPolicy, key)
    return undefined
  }
  return client.update<PolicyObject>({ ...before, spec })
}

function checkScope(object: PolicyObject, target: PolicyTarget) {
  const services = (object.spec.services ?? []).map(s => qualified(s, target.namespace))
  const wanted = target.service ? [target.service] : []
  if (services.length === wanted.length && services.every(s => wanted.includes(s))) return
  const what = services.length === 0 ? 'the whole mesh' : services.join(', ')
  throw new IsthmusError('ISM2126', `RegionalTrafficPolicy ${target.namespace}/${target.name} is for ${what}`)
}
