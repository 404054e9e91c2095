import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decideInjection, injectSidecar, reviewPod } from '@isthmus/control-plane/injection/index.ts'
import type { Pod } from '@isthmus/kubernetes'
import { reviewsPod, settings } from './pods.ts'

const inject = (pod: Pod) => injectSidecar(pod, 'default', settings)
const sidecarOf = (pod: Pod) => pod.spec.initContainers!.find(c => c.name === 'istio-proxy')!

test('a pod of an enabled namespace is injected unless its label, or else its annotation, declines', () => {
  const decide = (change: Parameters<typeof reviewsPod>[0], namespace = 'default') =>
    decideInjection(reviewsPod(change), namespace).inject
  const key = 'sidecar.istio.io/inject'
  assert.equal(decide({}), true)
  assert.equal(decide({ metadata: { annotations: { [key]: 'false' } } }), false)
  assert.equal(decide({ metadata: { labels: { [key]: 'false' } } }), false)
  assert.equal(decide({ metadata: { labels: { [key]: 'true' }, annotations: { [key]: 'false' } } }), true)
  assert.equal(decide({ spec: { hostNetwork: true } }), false)
  assert.equal(decide({}, 'kube-system'), false)
})

test("redirection comes first, then the proxy as a native sidecar, then the pod's own init containers", () => {
  const pod = inject(reviewsPod({ spec: { initContainers: [{ name: 'migrate', image: 'x' }] } }))
  assert.deepEqual(
    pod.spec.initContainers!.map(c => [c.name, c.restartPolicy]),
    [
      ['istio-init', undefined],
      ['istio-proxy', 'Always'],
      ['migrate', undefined],
    ],
  )
  assert.equal(pod.spec.containers.length, 1)
})

test('the proxy is named for its Deployment, and its name and address come from the pod when it runs', () => {
  const { args, env } = sidecarOf(inject(reviewsPod()))
  const config = JSON.parse(args![1]!)
  assert.equal(config.node.metadata.WORKLOAD_NAME, 'reviews-v1')
  assert.equal(config.node.metadata.SERVICE_ACCOUNT, 'bookinfo-reviews')
  assert.equal(config.node.id, 'sidecar~$(INSTANCE_IP)~$(POD_NAME).default~default.svc.cluster.local')
  for (const name of ['INSTANCE_IP', 'POD_NAME']) assert.ok(env!.some(e => e.name === name))
})

test('injecting twice gives the same as injecting once', () => {
  const pod = reviewsPod()
  pod.spec.containers[0]!.livenessProbe = { tcpSocket: { port: 'http' }, periodSeconds: 7 }
  const once = inject(pod)
  assert.deepEqual(inject(once), once)
})

test('a tcpSocket probe asks the sidecar about the application; an http probe stays as it is', () => {
  const pod = reviewsPod()
  pod.spec.containers[0]!.livenessProbe = { tcpSocket: { port: 'http' }, periodSeconds: 7 }
  pod.spec.containers[0]!.readinessProbe = { httpGet: { path: '/health', port: 9080 } }
  const injected = inject(pod)
  const [app] = injected.spec.containers
  assert.deepEqual(app!.livenessProbe, {
    periodSeconds: 7,
    httpGet: { path: '/app-health/tcp/9080', port: 15021, scheme: 'HTTP' },
  })
  assert.deepEqual(app!.readinessProbe, pod.spec.containers[0]!.readinessProbe)
  assert.match(sidecarOf(injected).args![1]!, /isthmus-probe\|9080/)
})

test('an application goes on serving for a moment after deletion, unless it has a hook of its own or declines', () => {
  const preStop = (pod: Pod) => inject(pod).spec.containers[0]!.lifecycle?.preStop
  assert.deepEqual(preStop(reviewsPod()), { sleep: { seconds: 3 } })
  assert.equal(preStop(reviewsPod({ metadata: { annotations: { 'isthmus.dev/stop-pause-seconds': '0' } } })), undefined)
  const own = reviewsPod()
  own.spec.containers[0]!.lifecycle = { preStop: { exec: { command: ['true'] } } }
  assert.deepEqual(preStop(own), { exec: { command: ['true'] } })
})

test('annotations steer concurrency and the traffic that is taken over', () => {
  const pod = inject(
    reviewsPod({
      metadata: {
        annotations: {
          'proxy.istio.io/config': 'concurrency: 2',
          'traffic.sidecar.istio.io/excludeOutboundPorts': '3306, 6379',
          'traffic.sidecar.istio.io/includeOutboundIPRanges': '10.0.0.1/16',
        },
      },
    }),
  )
  const args = sidecarOf(pod).args!
  assert.equal(args[args.indexOf('--concurrency') + 1], '2')
  const rules = pod.spec.initContainers![0]!.args![0]!
  assert.match(rules, /tcp dport \{ 3306, 6379 \} return/)
  assert.match(rules, /ip daddr 10\.0\.0\.0\/16 meta l4proto tcp redirect to :15001/)
})

test('in mark mode the proxy may set marks and runs as the one user there is; in uid mode it has no capability', () => {
  const uid = sidecarOf(inject(reviewsPod())).securityContext!
  assert.equal(uid.runAsUser, 1337)
  assert.deepEqual(uid.capabilities, { drop: ['ALL'] })
  const mark = sidecarOf(injectSidecar(reviewsPod(), 'default', { ...settings, redirect: 'mark' })).securityContext!
  assert.equal(mark.runAsUser, 0)
  assert.deepEqual(mark.capabilities, { add: ['NET_ADMIN'], drop: ['ALL'] })
})

const review = (object: Pod) =>
  reviewPod(
    {
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: { uid: 'u1', namespace: 'default', kind: { kind: 'Pod' }, object },
    },
    settings,
  ).response

test('the patch turns the pod that was asked for into the injected one', () => {
  const pod = reviewsPod()
  const { patch, uid, allowed } = review(pod)
  assert.equal(uid, 'u1')
  assert.equal(allowed, true)
  const patched = structuredClone(pod) as unknown as Record<string, Record<string, unknown>>
  for (const { op, path, value } of JSON.parse(Buffer.from(patch!, 'base64').toString())) {
    assert.equal(op, 'add')
    const [, part, field] = path.split('/')
    patched[part]![field] = value
  }
  assert.deepEqual(patched, inject(pod))
})

test('an annotation that cannot be read refuses the pod and names the annotation and what is wrong in it', () => {
  const annotations = { 'traffic.sidecar.istio.io/excludeInboundPorts': '80,http' }
  const { allowed, status } = review(reviewsPod({ metadata: { annotations } }))
  assert.equal(allowed, false)
  assert.match(status!.message, /ISM4030 .*excludeInboundPorts: "http" is not a port/)
})

test('a pod that has its own container istio-proxy is refused', () => {
  const { allowed, status } = review(reviewsPod({ spec: { containers: [{ name: 'istio-proxy', image: 'x' }] } }))
  assert.equal(allowed, false)
  assert.match(status!.message, /ISM4031/)
})
