import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { IsthmusError } from '@isthmus/errors'
import * as x509 from '@peculiar/x509'

// Node's type of it and the DOM's, which the library names, differ only in name.
x509.cryptoProvider.set(webcrypto as never)

/** PEM texts. The key is PKCS #8. */
export interface KeyPair {
  readonly certificate: string
  readonly privateKey: string
}

/** The mesh's own certificate authority: signs what the control plane serves with, and later the proxies' identities. */
export interface CertificateAuthority extends KeyPair {
  /** Milliseconds since the epoch. */
  readonly notAfter: number
}

export const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const day = 24 * 60 * 60 * 1000
/** Ten years, Istio's own for a self-signed root. */
const authorityDays = 3650

/** A new self-signed root, ECDSA P-256. `now` is milliseconds since the epoch. */
export async function createCertificateAuthority(o: { readonly now: number }): Promise<CertificateAuthority> {
  const keys = await generateKeys()
  const notAfter = new Date(o.now + authorityDays * day)
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'O=cluster.local',
    serialNumber: serialNumber(),
    // A clock a little behind ours must not find the certificate in its future.
    notBefore: new Date(o.now - day),
    notAfter,
    signingAlgorithm: ecdsa,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate: pem(certificate), privateKey: await exportKey(keys.privateKey), notAfter: notAfter.getTime() }
}

/** Reads an authority back. Throws ISM3105 when the texts are not a certificate and its key. */
export async function readCertificateAuthority(pair: KeyPair): Promise<CertificateAuthority> {
  try {
    const certificate = new x509.X509Certificate(pair.certificate)
    const key = await importKey(pair.privateKey)
    const probe = new TextEncoder().encode('isthmus')
    const signature = await webcrypto.subtle.sign(ecdsa, key, probe)
    const publicKey = await certificate.publicKey.export(ecdsa, ['verify'])
    if (!(await webcrypto.subtle.verify(ecdsa, publicKey, signature, probe)))
      throw new Error('the key is not that of the certificate')
    return { ...pair, notAfter: certificate.notAfter.getTime() }
  } catch (error) {
    throw new IsthmusError('ISM3105', error instanceof Error ? error.message : String(error), { cause: error })
  }
}

export async function generateKeys() {
  return webcrypto.subtle.generateKey(ecdsa, true, ['sign', 'verify'])
}

export async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`
}

export async function importKey(text: string) {
  return webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(text), ecdsa, true, ['sign'])
}

export function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem')}\n`
}

/** 127 random bits, positive. */
export function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16))
  bytes[0]! &= 0x7f
  return Buffer.from(bytes).toString('hex')
}
