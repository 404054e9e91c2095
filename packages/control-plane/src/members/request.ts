import { IsthmusError } from '@isthmus/errors'
import { type ClusterAccess, type KubeClient, type Kubeconfig, kinds, type Secret } from '@isthmus/kubernetes'
import { checkServer, kubeconfigText } from './credentials.ts'
import { kubeconfigKey, type MemberCluster, memberKind, memberLabel, meshNamespace, secretName } from './resource.ts'

export interface AddOptions {
  readonly name: string
  /** Context of the kubeconfig; the name of the cluster where it is left out. */
  readonly from?: string
  /** URL of the API as the mesh reaches it. */
  readonly server?: string
  readonly region?: string
  readonly network?: string
}

/**
 * The access the mesh is to use: the context's own, with the server as the mesh sees it: `--server`, else what the
 * kubeconfig says (extension `isthmus.dev/private-server`), else the context's. Throws ISM4010.
 */
export function memberAccess(config: Kubeconfig, o: AddOptions): ClusterAccess {
  const context = o.from ?? o.name
  try {
    const { token, tokenFile, ...access } = config.access(context)
    if (tokenFile) throw new Error(`context "${context}" keeps its token in a file, which the mesh cannot read`)
    const server = o.server ?? config.privateServer(context) ?? access.server
    checkServer(server)
    return { ...access, ...(token ? { token } : {}), server: server.replace(/\/+$/, '') }
  } catch (error) {
    throw new IsthmusError('ISM4010', error instanceof Error ? error.message : String(error), { cause: error })
  }
}

/**
 * Writes a new Secret and the MemberCluster that names it; `requestedAt` makes the control plane try at once. Gives the
 * resource as written. The Secret is never one that is there: who may write over a Secret is shown what it holds.
 */
export async function writeMember(
  mesh: KubeClient,
  access: ClusterAccess,
  o: AddOptions,
  now: number,
): Promise<MemberCluster> {
  const secret: Secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      ...{ name: '', generateName: `${secretName(o.name)}-`, namespace: meshNamespace },
      labels: { [memberLabel]: o.name },
    },
    type: 'Opaque',
    data: { [kubeconfigKey]: Buffer.from(kubeconfigText(access)).toString('base64') },
  }
  if (!(await mesh.find(kinds.Namespace, { name: meshNamespace })))
    await mesh.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: meshNamespace } })
  const { metadata } = await mesh.create(secret)
  const member: MemberCluster = {
    ...memberKind,
    metadata: { name: o.name },
    spec: {
      kubeconfigSecret: { name: metadata.name, namespace: meshNamespace, key: kubeconfigKey },
      ...(o.region ? { region: o.region } : {}),
      ...(o.network ? { network: o.network } : {}),
      requestedAt: new Date(now).toISOString(),
    },
  }
  const [written] = await mesh.apply([member])
  return written as MemberCluster
}
