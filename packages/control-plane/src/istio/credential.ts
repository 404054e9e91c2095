import type * as kube from '@isthmus/kubernetes'
import type { TlsCredential } from '../model/index.ts'
import { originOf, type ParseContext, type Parsed, Report } from './report.ts'

/** A Secret as Istio's gateways take it: `tls.crt`, `tls.key`, `ca.crt`, or the older `cert`, `key`, `cacert`. */
export function parseCredential(secret: kube.Secret, context: ParseContext): Parsed<TlsCredential> {
  const report = new Report(originOf(secret, context))
  const read = (...names: string[]) => {
    for (const name of names) {
      const text = secret.stringData?.[name]
      if (text) return text
      const data = secret.data?.[name]
      if (data) return Buffer.from(data, 'base64').toString('utf8')
    }
    return undefined
  }
  const certificate = read('tls.crt', 'cert')
  const key = read('tls.key', 'key')
  const caCertificate = read('ca.crt', 'cacert')
  if (!certificate) report.error('data', 'has no tls.crt', 'ISM2010')
  if (!key) report.error('data', 'has no tls.key', 'ISM2010')
  return report.result({ key: key ?? '', certificate: certificate ?? '', ...(caCertificate && { caCertificate }) })
}
