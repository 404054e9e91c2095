import { isKubeError, type KubeClient, kinds, type Secret } from '@isthmus/kubernetes'
import { type CertificateAuthority, createCertificateAuthority, readCertificateAuthority } from '../identity/index.ts'
import { meshNamespace } from '../members/index.ts'

/** Istio's name for it, so that a mesh that had Istio before keeps its root. */
const key = { name: 'istio-ca-secret', namespace: meshNamespace }

/** The mesh's certificate authority from its Secret; the first control plane makes it, and the others find it. */
export async function meshAuthority(mesh: KubeClient, now: number): Promise<CertificateAuthority> {
  const held = await mesh.find<Secret>(kinds.Secret, key)
  if (held) return read(held)
  const made = await createCertificateAuthority({ now })
  const data = { 'ca-cert.pem': encode(made.certificate), 'ca-key.pem': encode(made.privateKey) }
  try {
    await mesh.create<Secret>({ apiVersion: 'v1', kind: 'Secret', metadata: key, type: 'istio.io/ca-root', data })
    return made
  } catch (error) {
    // Another replica was first.
    if (isKubeError(error, 'alreadyExists')) return read(await mesh.get<Secret>(kinds.Secret, key))
    throw error
  }
}

function read(secret: Secret): Promise<CertificateAuthority> {
  const value = (name: string) => Buffer.from(secret.data?.[name] ?? '', 'base64').toString('utf8')
  return readCertificateAuthority({ certificate: value('ca-cert.pem'), privateKey: value('ca-key.pem') })
}

const encode = (text: string) => Buffer.from(text).toString('base64')
