// biome-ignore-all lint/suspicious/noExplicitAny: made objects are looked into as a user would with kubectl
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { gatewayObjects, gatewaySpec, type IstioGateway } from '../../src/gateways/index.ts'
import { defaultImages } from '../../src/injection/index.ts'

/** The hosted product's own manifest, as a user of it has it. */
const manifest = `
apiVersion: istio.alibabacloud.com/v1beta1
kind: IstioGateway
metadata:
  annotations: {asm.alibabacloud.com/managed-by-asm: 'true'}
  name: ingressgateway
  namespace: istio-system
spec:
  gatewayType: ingress
  dnsPolicy: ClusterFirst
  externalTrafficPolicy: Local
  hostNetwork: false
  ports:
  - {name: http, port: 80, protocol: TCP, targetPort: 80}
  - {name: https, port: 443, protocol: TCP, targetPort: 443}
  replicaCount: 1
  resources:
    limits: {cpu: '2', memory: 2G}
    requests: {cpu: 200m, memory: 256Mi}
  rollingMaxSurge: 100%
  rollingMaxUnavailable: 25%
  runAsRoot: true
  serviceType: LoadBalancer
`
const gateway = (change: object = {}): IstioGateway => {
  const object = parse(manifest)
  return { ...object, spec: { ...object.spec, ...change } }
}
const settings = {
  cluster: 'ack-hangzhou',
  network: '',
  domain: 'cluster.local',
  xdsAddress: '192.168.0.2:15012',
  redirect: 'mark' as const,
  ...defaultImages,
}

test("the hosted product's manifest is honoured in every field", () => {
  const { spec, findings } = gatewaySpec(gateway())
  assert.deepEqual(findings, [])
  const [account, deployment, service] = gatewayObjects(spec!, settings) as any[]
  assert.equal(account.metadata.name, 'ingressgateway-service-account')
  assert.equal(deployment.spec.replicas, 1)
  assert.deepEqual(deployment.spec.strategy.rollingUpdate, { maxSurge: '100%', maxUnavailable: '25%' })
  assert.equal(deployment.spec.template.metadata.labels.istio, 'ingressgateway')
  const [container] = deployment.spec.template.spec.containers
  assert.deepEqual(container.resources.limits, { cpu: '2', memory: '2G' })
  assert.equal(container.securityContext.runAsUser, 0)
  assert.match(container.args[1], /router~\$\(INSTANCE_IP\)~\$\(POD_NAME\)\.istio-system/)
  assert.equal(service.spec.type, 'LoadBalancer')
  assert.equal(service.spec.externalTrafficPolicy, 'Local')
  assert.deepEqual(
    service.spec.ports.map((port: any) => [port.name, port.port]),
    [
      ['status-port', 15021],
      ['http', 80],
      ['https', 443],
    ],
  )
})

test('a field that is not honoured is named, and the gateway runs all the same', () => {
  const { spec, findings } = gatewaySpec(gateway({ autoscaleEnabled: true }))
  assert.ok(spec)
  assert.deepEqual(
    findings.map(f => [f.severity, f.field]),
    [['warning', 'spec.autoscaleEnabled']],
  )
})

test('what cannot be run is refused with the field that is wrong', () => {
  const { spec, findings } = gatewaySpec(gateway({ replicaCount: -1, ports: [{ port: 99999 }] }))
  assert.equal(spec, undefined)
  assert.deepEqual(
    findings.map(f => f.field),
    ['spec.replicaCount', 'spec.ports[0].port'],
  )
})

test('without root it runs as the proxy user, with the one capability that port 80 takes', () => {
  const security = (redirect: 'uid' | 'mark') => {
    const { spec } = gatewaySpec(gateway({ runAsRoot: false }))
    const [, deployment] = gatewayObjects(spec!, { ...settings, redirect }) as any[]
    return deployment.spec.template.spec.containers[0].securityContext
  }
  const securityContext = security('uid')
  assert.equal(security('mark').runAsUser, 0, 'where there is no other user id')
  assert.equal(securityContext.runAsUser, 1337)
  assert.deepEqual(securityContext.capabilities.add, ['NET_BIND_SERVICE'])
})
