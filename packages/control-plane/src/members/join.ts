import { type KubeClient, type KubeObject, kinds } from '@isthmus/kubernetes'
import { trustConfigMap } from '../injection/containers.ts'
import { webhookName } from '../injection/webhook-configuration.ts'
import {
  accountManifests,
  accountName,
  type JoinSettings,
  namespaceManifest,
  ownedLabels,
  roleManifest,
  roleReference,
  webhookManifest,
} from './manifests.ts'
import { meshNamespace } from './resource.ts'

const ownedSelector = `app.kubernetes.io/managed-by=${ownedLabels['app.kubernetes.io/managed-by']}`

/** Makes the mesh's account in a member cluster, with credentials that may. Safe to repeat. Throws KubeError. */
export async function createAccount(client: KubeClient): Promise<void> {
  if (!(await client.find(kinds.Namespace, { name: meshNamespace }))) await client.create(namespaceManifest)
  const [role] = await client.apply([roleManifest()])
  await client.apply(accountManifests(role!.metadata.uid!))
}

/** Puts the webhook into force, or up to date. Throws KubeError. */
export async function applyWebhook(client: KubeClient, settings: JoinSettings): Promise<void> {
  await client.apply([webhookManifest(settings)])
}

/**
 * Takes away what joining made, the webhook first: from then on pods of the cluster are created without the mesh. The
 * account goes last, since it does the work. Safe to repeat. Throws KubeError.
 */
export async function leave(client: KubeClient): Promise<void> {
  await client.delete(kinds.MutatingWebhookConfiguration, { name: webhookName })
  for (const kind of [kinds.Deployment, kinds.Service, kinds.ConfigMap, kinds.ServiceAccount])
    for (const object of await client.list<KubeObject>(kind, { labelSelector: ownedSelector }))
      if (!isAccount(object)) await client.delete(kind, object.metadata)
  const role = await client.find(kinds.ClusterRole, { name: accountName })
  if (!role) return
  // Deleting the namespace would end the account, and with it our rights, before the role is gone: it goes with the role.
  const belongsToRole = { metadata: { ownerReferences: [roleReference(role.metadata.uid!)] } }
  if (await namespaceIsOurs(client)) await client.patch(kinds.Namespace, { name: meshNamespace }, belongsToRole)
  await client.delete(kinds.ClusterRole, { name: accountName })
}

function isAccount(o: KubeObject): boolean {
  return o.kind === 'ServiceAccount' && o.metadata.name === accountName
}

/** The namespace goes only where we made it and nobody put anything into it. */
async function namespaceIsOurs(client: KubeClient): Promise<boolean> {
  const namespace = await client.find(kinds.Namespace, { name: meshNamespace })
  if (namespace?.metadata.labels?.['app.kubernetes.io/managed-by'] !== ownedLabels['app.kubernetes.io/managed-by'])
    return false
  const left = await Promise.all(
    [kinds.Deployment, kinds.Service, kinds.Pod, kinds.ConfigMap].map(kind =>
      client.list<KubeObject>(kind, { namespace: meshNamespace }),
    ),
  )
  return left
    .flat()
    .every(o => o.metadata.name === 'kube-root-ca.crt' || o.metadata.name === trustConfigMap || isOwned(o))
}

function isOwned(o: KubeObject): boolean {
  return (
    o.metadata.labels?.['app.kubernetes.io/managed-by'] === ownedLabels['app.kubernetes.io/managed-by'] ||
    o.metadata.deletionTimestamp !== undefined
  )
}
