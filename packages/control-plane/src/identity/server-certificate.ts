import { isIP } from 'node:net'
import * as x509 from '@peculiar/x509'
import {
  type CertificateAuthority,
  ecdsa,
  exportKey,
  generateKeys,
  importKey,
  type KeyPair,
  pem,
  serialNumber,
} from './authority.ts'

/** What the control plane serves xDS and the webhook with. `certificate` is the chain: leaf first, then the root. */
export interface ServerCertificate extends KeyPair {
  /** Milliseconds since the epoch. */
  readonly notBefore: number
  readonly notAfter: number
}

const hour = 60 * 60 * 1000

export interface ServerCertificateOptions {
  /** DNS names and IP addresses clients use; each is told apart by its form. */
  readonly names: readonly string[]
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly lifetimeHours?: number
}

/** Issues a certificate for the control plane's own servers, ECDSA P-256, 30 days unless said otherwise. */
export async function issueServerCertificate(
  authority: CertificateAuthority,
  o: ServerCertificateOptions,
): Promise<ServerCertificate> {
  const issuer = new x509.X509Certificate(authority.certificate)
  const keys = await generateKeys()
  const notBefore = o.now - hour
  const notAfter = Math.min(o.now + (o.lifetimeHours ?? 720) * hour, authority.notAfter)
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'O=cluster.local, CN=isthmus',
    issuer: issuer.subjectName,
    serialNumber: serialNumber(),
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.privateKey),
    signingAlgorithm: ecdsa,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        o.names.map(value => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value })),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  })
  return {
    certificate: pem(certificate) + authority.certificate,
    privateKey: await exportKey(keys.privateKey),
    notBefore,
    notAfter,
  }
}

/** Milliseconds from `now` until the certificate should be replaced: at two thirds of its life. */
export function renewIn(certificate: ServerCertificate, now: number): number {
  const at = certificate.notBefore + ((certificate.notAfter - certificate.notBefore) * 2) / 3
  return Math.max(0, at - now)
}
