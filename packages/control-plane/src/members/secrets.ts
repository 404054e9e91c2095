import { createHash } from 'node:crypto'
import {
  type ClusterAccess,
  type KubeClient,
  kinds,
  type ObjectMeta,
  type Secret,
  YamlError,
  type YamlReader,
} from '@isthmus/kubernetes'
import { kubeconfigText, type MemberCredentials, readCredentials } from './credentials.ts'
import { kubeconfigKey, type MemberCluster, memberLabel, meshNamespace, secretOf } from './resource.ts'

const fromAnnotation = 'isthmus.dev/made-with'
const accountSecretName = (member: string): string => `isthmus-account-${member}`

/** Which credentials to use for a member now, and a digest of what was given, to know them again. */
export interface ChosenCredentials extends MemberCredentials {
  readonly digest: string
  /** Whether a kubeconfig lies there, used now or before. */
  readonly given: boolean
}

/**
 * The mesh's own account where there is one, unless a kubeconfig was given since it was made. Throws an Error whose message
 * names the Secret and what is wrong with it.
 */
export async function chooseCredentials(
  { mesh, yaml }: { readonly mesh: KubeClient; readonly yaml: YamlReader },
  member: MemberCluster,
): Promise<ChosenCredentials> {
  const at = secretOf(member)
  const [given, account] = await Promise.all([
    mesh.find<Secret>(kinds.Secret, at),
    mesh.find<Secret>(kinds.Secret, { name: accountSecretName(member.metadata.name), namespace: meshNamespace }),
  ])
  const text = textIn(given, at.key)
  const digest = text ? digestOf(text) : (account?.metadata.annotations?.[fromAnnotation] ?? '')
  const useAccount = account && (!text || account.metadata.annotations?.[fromAnnotation] === digest)
  const chosen = useAccount ? textIn(account, kubeconfigKey) : text
  const name = useAccount ? `${meshNamespace}/${account.metadata.name}` : `${at.namespace}/${at.name}`
  if (!chosen) throw new Error(given ? `Secret ${name} has no key ${at.key}` : `there is no Secret ${name}`)
  try {
    const [value] = await yaml.read(chosen, `member ${member.metadata.name}`)
    return { ...readCredentials(value, member.spec?.server), digest, given: text !== undefined }
  } catch (error) {
    throw new Error(`Secret ${name}: ${wordsOf(error)}`, { cause: error })
  }
}

/** Without the parser's own words, which quote the text: it may be a key. */
function wordsOf(error: unknown): string {
  if (error instanceof YamlError && error.why === 'invalid')
    return `not YAML that is taken${error.line ? ` (line ${error.line})` : ''}`
  return error instanceof Error ? error.message : String(error)
}

/** Keeps the mesh's own account, with a digest of the kubeconfig it was made with. */
export async function keepAccount(
  mesh: KubeClient,
  name: string,
  access: ClusterAccess,
  digest: string,
): Promise<void> {
  const secret: Secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: accountSecretName(name),
      namespace: meshNamespace,
      labels: { [memberLabel]: name },
      annotations: { [fromAnnotation]: digest },
    },
    type: 'Opaque',
    data: { [kubeconfigKey]: Buffer.from(kubeconfigText(access, 'own')).toString('base64') },
  }
  await mesh.apply([secret])
}

/** Lets go of the kubeconfig that the account was made with, where `cluster add` wrote it, and of those it wrote before. */
export async function forgetGiven(mesh: KubeClient, member: MemberCluster, digest: string): Promise<void> {
  const { name } = member.metadata
  const at = secretOf(member)
  const given = await mesh.find<Secret>(kinds.Secret, at)
  const text = textIn(given, at.key)
  if (given?.metadata.labels?.[memberLabel] !== name || !text || digestOf(text) !== digest) return
  await mesh.delete(kinds.Secret, at)
  for (const { metadata } of await secretsOf(mesh, name))
    if (metadata.name !== accountSecretName(name) && isBefore(metadata, given.metadata))
      await mesh.delete(kinds.Secret, metadata)
}

/** One of the same second stays until the next time: it may be what was given since. */
function isBefore(one: ObjectMeta, other: ObjectMeta): boolean {
  return Date.parse(one.creationTimestamp ?? '') < Date.parse(other.creationTimestamp ?? '')
}

/** Deletes what the mesh keeps of a member that left; a Secret somebody else made stays. */
export async function forgetSecrets(mesh: KubeClient, name: string): Promise<void> {
  for (const { metadata } of await secretsOf(mesh, name)) await mesh.delete(kinds.Secret, metadata)
}

function secretsOf(mesh: KubeClient, name: string): Promise<Secret[]> {
  return mesh.list<Secret>(kinds.Secret, { namespace: meshNamespace, labelSelector: `${memberLabel}=${name}` })
}

function textIn(secret: Secret | undefined, key: string): string | undefined {
  const data = secret?.data?.[key]
  return data ? Buffer.from(data, 'base64').toString('utf8') : undefined
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
