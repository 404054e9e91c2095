import type { KubeClient, KubeObject } from '@isthmus/kubernetes'
import { webhookName } from '../injection/webhook-configuration.ts'

/** One thing joining does in a member cluster with the credentials it was given. */
export interface Permission {
  readonly verb: string
  readonly group?: string
  readonly resource: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
}

/** What joining itself does; afterwards the mesh uses an account of its own with the rights of `rules` in manifests.ts. */
export const joinPermissions: readonly Permission[] = [
  { verb: 'create', resource: 'namespaces' },
  { verb: 'create', resource: 'serviceaccounts', namespace: 'istio-system' },
  { verb: 'create', resource: 'serviceaccounts', subresource: 'token', namespace: 'istio-system' },
  { verb: 'create', group: 'rbac.authorization.k8s.io', resource: 'clusterroles' },
  { verb: 'create', group: 'rbac.authorization.k8s.io', resource: 'clusterrolebindings' },
  { verb: 'create', group: 'admissionregistration.k8s.io', resource: 'mutatingwebhookconfigurations' },
  { verb: 'create', resource: 'configmaps' },
  { verb: 'list', resource: 'nodes' },
]

/** With the mesh's own account the creating is behind it. */
export const memberPermissions: readonly Permission[] = [
  { verb: 'list', resource: 'nodes' },
  { verb: 'watch', resource: 'pods' },
  { verb: 'watch', resource: 'services' },
  { verb: 'watch', group: 'discovery.k8s.io', resource: 'endpointslices' },
  { verb: 'patch', resource: 'configmaps' },
  {
    verb: 'patch',
    group: 'admissionregistration.k8s.io',
    resource: 'mutatingwebhookconfigurations',
    name: webhookName,
  },
]

function permissionText(p: Permission): string {
  const resource = `${p.resource}${p.group ? `.${p.group}` : ''}${p.subresource ? `/${p.subresource}` : ''}`
  return `${p.verb} ${resource}${p.namespace ? ` in ${p.namespace}` : ''}`
}

/** Those of the permissions the client's credentials lack, asked of the API itself (SelfSubjectAccessReview). Throws KubeError. */
export async function missingPermissions(client: KubeClient, wanted: readonly Permission[]): Promise<string[]> {
  const answers = await Promise.all(
    wanted.map(async p => {
      const review = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        metadata: {} as KubeObject['metadata'],
        spec: {
          resourceAttributes: {
            verb: p.verb,
            group: p.group ?? '',
            resource: p.resource,
            subresource: p.subresource,
            namespace: p.namespace,
            name: p.name,
          },
        },
      }
      const { status } = await client.json<{ status?: { allowed?: boolean } }>({
        method: 'POST',
        path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        body: JSON.stringify(review),
      })
      return status?.allowed ? undefined : permissionText(p)
    }),
  )
  return answers.filter(text => text !== undefined)
}
