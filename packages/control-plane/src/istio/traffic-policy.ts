import type { ClientTls, ConnectionPool, OutlierDetection, TrafficPolicy } from '../model/index.ts'
import { readLoadBalancer } from './load-balancer.ts'
import type { Reader } from './reader.ts'

type Level = Omit<TrafficPolicy, 'portLevelSettings'>

export function readTrafficPolicy(policy: Reader): TrafficPolicy {
  const portLevelSettings = new Map<number, Level>()
  policy.each('portLevelSettings', settings => {
    settings.require('port')
    const port = settings.in('port', p => p.port('number'))
    const level = readLevel(settings)
    if (port !== undefined) portLevelSettings.set(port, level)
  })
  policy.ignore('tunnel')
  policy.ignore('proxyProtocol')
  policy.ignore('retryBudget')
  return { ...readLevel(policy), portLevelSettings }
}

function readLevel(policy: Reader): Level {
  return {
    loadBalancer: policy.in('loadBalancer', readLoadBalancer),
    connectionPool: policy.in('connectionPool', readConnectionPool),
    outlierDetection: policy.in('outlierDetection', readOutlierDetection),
    tls: policy.in('tls', readTls),
  }
}

function readConnectionPool(pool: Reader): ConnectionPool {
  return {
    tcp: pool.in('tcp', tcp => ({
      maxConnections: tcp.number('maxConnections'),
      connectTimeoutMs: tcp.duration('connectTimeout', 1),
      tcpKeepalive: tcp.in('tcpKeepalive', k => ({
        probes: k.number('probes'),
        timeMs: k.duration('time', 1000),
        intervalMs: k.duration('interval', 1000),
      })),
      maxConnectionDurationMs: tcp.duration('maxConnectionDuration', 1),
      idleTimeoutMs: tcp.duration('idleTimeout'),
    })),
    http: pool.in('http', http => ({
      http1MaxPendingRequests: http.number('http1MaxPendingRequests'),
      http2MaxRequests: http.number('http2MaxRequests'),
      maxRequestsPerConnection: http.number('maxRequestsPerConnection'),
      maxRetries: http.number('maxRetries'),
      idleTimeoutMs: http.duration('idleTimeout'),
      h2UpgradePolicy: http.choice('h2UpgradePolicy', ['DEFAULT', 'DO_NOT_UPGRADE', 'UPGRADE']),
      useClientProtocol: http.bool('useClientProtocol'),
      maxConcurrentStreams: http.number('maxConcurrentStreams'),
    })),
  }
}

function readOutlierDetection(detection: Reader): OutlierDetection {
  // The old name of consecutiveGatewayErrors and consecutive5xxErrors.
  const consecutiveErrors = detection.number('consecutiveErrors')
  if (consecutiveErrors !== undefined)
    detection.report.warn(detection.at('consecutiveErrors'), 'is taken as consecutive5xxErrors, its present name')
  return {
    splitExternalLocalOriginErrors: detection.bool('splitExternalLocalOriginErrors'),
    consecutiveLocalOriginFailures: detection.number('consecutiveLocalOriginFailures'),
    consecutiveGatewayErrors: detection.number('consecutiveGatewayErrors'),
    consecutive5xxErrors: detection.number('consecutive5xxErrors') ?? consecutiveErrors,
    intervalMs: detection.duration('interval', 1),
    baseEjectionTimeMs: detection.duration('baseEjectionTime', 1),
    maxEjectionPercent: detection.number('maxEjectionPercent', { max: 100 }),
    minHealthPercent: detection.number('minHealthPercent', { max: 100 }),
  }
}

function readTls(tls: Reader): ClientTls {
  const mode = tls.choice('mode', ['DISABLE', 'SIMPLE', 'MUTUAL', 'ISTIO_MUTUAL']) ?? 'DISABLE'
  const clientCertificate = tls.string('clientCertificate')
  const privateKey = tls.string('privateKey')
  const credentialName = tls.string('credentialName')
  if (mode === 'MUTUAL' && !credentialName && !(clientCertificate && privateKey))
    tls.report.error(tls.path, 'mode MUTUAL needs credentialName, or clientCertificate and privateKey', 'ISM2002')
  if (mode === 'ISTIO_MUTUAL')
    tls.report.warn(
      tls.at('mode'),
      'ISTIO_MUTUAL cannot be honoured: the mesh has no identities of its own yet. Connections are sent as without this block',
      'ISM2005',
    )
  tls.ignore('caCrl')
  return {
    mode,
    clientCertificate,
    privateKey,
    caCertificates: tls.string('caCertificates'),
    credentialName,
    subjectAltNames: tls.strings('subjectAltNames'),
    sni: tls.string('sni'),
    insecureSkipVerify: tls.bool('insecureSkipVerify'),
  }
}
