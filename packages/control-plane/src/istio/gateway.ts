import { isIP } from 'node:net'
import type { Gateway, GatewayServer } from '../model/index.ts'
import { hostProblem } from './names.ts'
import type { Reader } from './reader.ts'
import type { ParseContext, Parsed, RawObject } from './report.ts'
import { openRule } from './rule.ts'

const protocols = ['HTTP', 'HTTPS', 'GRPC', 'GRPC-WEB', 'HTTP2', 'MONGO', 'TCP', 'TLS']
const tlsModes = ['PASSTHROUGH', 'SIMPLE', 'MUTUAL', 'AUTO_PASSTHROUGH', 'ISTIO_MUTUAL', 'OPTIONAL_MUTUAL'] as const

const tlsVersions = ['TLS_AUTO', 'TLSV1_0', 'TLSV1_1', 'TLSV1_2', 'TLSV1_3'] as const

/** What Envoy's TLS (BoringSSL) knows. */
const cipherSuites: ReadonlySet<string> = new Set([
  ...['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
  ...['ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305'],
  ...['ECDHE-ECDSA-AES128-SHA', 'ECDHE-RSA-AES128-SHA', 'ECDHE-ECDSA-AES256-SHA', 'ECDHE-RSA-AES256-SHA'],
  ...['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'AES128-SHA', 'AES256-SHA', 'DES-CBC3-SHA'],
])

export function parseGateway(object: RawObject, context: ParseContext): Parsed<Gateway> {
  const rule = openRule(object, context)
  const { spec } = rule
  spec.require('servers')
  const gateway: Gateway = { ...rule.meta, selector: spec.map('selector'), servers: spec.each('servers', parseServer) }
  spec.done()
  return rule.report.result(gateway)
}

function parseServer(server: Reader): GatewayServer {
  server.require('port')
  const port = server.in('port', p => {
    p.require('number')
    p.ignore('targetPort')
    const protocol = p.text('protocol')
    if (protocol && !protocols.includes(protocol.toUpperCase()))
      p.error('protocol', `must be one of ${protocols.join(', ')}, is ${protocol}`)
    return { number: p.port('number') ?? 0, name: p.string('name') ?? '', protocol: protocol.toUpperCase() }
  })
  server.require('hosts')
  const hosts = server.strings('hosts')
  for (const [i, host] of hosts.entries()) {
    const problem = hostProblem(host.slice(host.indexOf('/') + 1), true)
    if (problem) server.error(`hosts[${i}]`, problem)
  }
  const tls = server.in('tls', parseTls)
  const secure = port?.protocol === 'HTTPS' || port?.protocol === 'TLS'
  if (secure && !tls) server.report.error(server.at('tls'), `is required for protocol ${port?.protocol}`, 'ISM2002')
  server.ignore('defaultEndpoint')
  const bind = server.string('bind')
  if (bind && isIP(bind) === 0) server.error('bind', `must be an IP address, is "${bind}"`)
  return {
    port: port ?? { number: 0, name: '', protocol: '' },
    bind,
    hosts,
    name: server.string('name'),
    tls,
  }
}

function parseTls(tls: Reader): NonNullable<GatewayServer['tls']> {
  const httpsRedirect = tls.bool('httpsRedirect') ?? false
  const mode = tls.choice('mode', tlsModes)
  const credentialName = tls.string('credentialName')
  if ((mode === 'SIMPLE' || mode === 'MUTUAL' || mode === 'OPTIONAL_MUTUAL') && !credentialName)
    tls.report.error(
      tls.at('credentialName'),
      `is required for mode ${mode}: files on the proxy are not supported`,
      'ISM2002',
    )
  if (mode === 'ISTIO_MUTUAL')
    tls.report.error(tls.at('mode'), 'ISTIO_MUTUAL needs identities of the mesh, which it does not have yet', 'ISM2005')
  if (mode === 'AUTO_PASSTHROUGH')
    tls.report.warn(tls.at('mode'), 'AUTO_PASSTHROUGH is not honoured here: the server is not opened')
  for (const field of ['subjectAltNames', 'verifyCertificateSpki', 'verifyCertificateHash']) tls.ignore(field)
  for (const file of ['serverCertificate', 'privateKey', 'caCertificates'])
    tls.ignore(file, 'files on the proxy are not honoured: use credentialName')
  const suites = tls.strings('cipherSuites')
  for (const [i, suite] of suites.entries())
    if (!cipherSuites.has(suite)) tls.error(`cipherSuites[${i}]`, `"${suite}" is not known`)
  const minProtocolVersion = tls.choice('minProtocolVersion', tlsVersions)
  const maxProtocolVersion = tls.choice('maxProtocolVersion', tlsVersions)
  const rank = (version: (typeof tlsVersions)[number] | undefined) => (version ? tlsVersions.indexOf(version) : 0)
  // Without a minimum it is 1.2.
  if (
    rank(maxProtocolVersion) > 0 &&
    rank(maxProtocolVersion) < (rank(minProtocolVersion) || tlsVersions.indexOf('TLSV1_2'))
  )
    tls.error('maxProtocolVersion', `${maxProtocolVersion} is below the minimum, ${minProtocolVersion ?? 'TLSV1_2'}`)
  return {
    httpsRedirect,
    mode: mode ?? 'PASSTHROUGH',
    credentialName,
    minProtocolVersion,
    maxProtocolVersion,
    ...(tls.has('cipherSuites') && { cipherSuites: suites }),
  }
}
