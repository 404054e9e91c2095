import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import * as x509 from '@peculiar/x509'

const curve = { name: 'ECDSA', namedCurve: 'P-256' } as const
const signing = { name: 'ECDSA', hash: 'SHA-256' } as const
const DAY = 86_400_000
/** Lab certificates live as long as anybody leaves a world up. */
const LIFETIME = 365 * DAY

/** A certificate and its private key (PKCS #8), both PEM. */
export interface KeyPair {
  readonly certPem: string
  readonly keyPem: string
}

/** Who a client certificate says its holder is: Kubernetes reads the common name as user, organizations as groups. */
export interface ClientIdentity {
  readonly user: string
  readonly groups?: readonly string[]
}

/** A certificate authority whose key never leaves memory. */
export interface CertificateAuthority {
  readonly certPem: string
  /** A certificate for a TLS server; `names` are DNS names and IP addresses. */
  server(commonName: string, names: readonly string[]): Promise<KeyPair>
  client(identity: ClientIdentity): Promise<KeyPair>
}

export async function createCertificateAuthority(name: string): Promise<CertificateAuthority> {
  const keys = (await webcrypto.subtle.generateKey(curve, false, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(),
    name: [{ CN: [name] }],
    keys,
    signingAlgorithm: signing,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  })
  const issue = async (subject: x509.JsonName, extensions: x509.Extension[]): Promise<KeyPair> => {
    const own = (await webcrypto.subtle.generateKey(curve, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
    const issued = await x509.X509CertificateGenerator.create({
      ...validity(),
      subject,
      issuer: certificate.subjectName,
      signingKey: keys.privateKey,
      publicKey: own.publicKey,
      signingAlgorithm: signing,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        ...extensions,
      ],
    })
    return { certPem: issued.toString('pem'), keyPem: await privateKeyPem(own.privateKey) }
  }
  return {
    certPem: certificate.toString('pem'),
    server: (commonName, names) =>
      issue(
        [{ CN: [commonName] }],
        [
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
          new x509.SubjectAlternativeNameExtension(
            [...new Set(names)].map(value => ({ type: isIP(value) ? 'ip' : 'dns', value }) as const),
          ),
        ],
      ),
    client: ({ user, groups = [] }) =>
      issue(
        [...groups.map(group => ({ O: [group] })), { CN: [user] }],
        [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])],
      ),
  }
}

/** The key pair that signs service account tokens: RS256, as every Kubernetes client library accepts. */
export async function createServiceAccountKey(): Promise<{ privatePem: string; publicPem: string }> {
  const keys = (await webcrypto.subtle.generateKey(
    { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
    true,
    ['sign', 'verify'],
  )) as webcrypto.CryptoKeyPair
  const spki = await webcrypto.subtle.exportKey('spki', keys.publicKey)
  return { privatePem: await privateKeyPem(keys.privateKey), publicPem: pem('PUBLIC KEY', spki) }
}

function validity(): { serialNumber: string; notBefore: Date; notAfter: Date } {
  // The top bit stays clear: a serial number is a positive integer.
  const serial = webcrypto.getRandomValues(new Uint8Array(16))
  serial[0] = (serial[0]! & 0x7f) | 1
  const now = Date.now()
  return {
    serialNumber: Buffer.from(serial).toString('hex'),
    notBefore: new Date(now - DAY),
    notAfter: new Date(now + LIFETIME),
  }
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  return pem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', key))
}

function pem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
