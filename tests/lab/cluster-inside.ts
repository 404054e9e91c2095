import { execFile, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { kubeBinary } from '@isthmus/lab/binaries.ts'
import { startCluster } from '@isthmus/lab/cluster/index.ts'
import { applyChanges } from '@isthmus/lab/network/apply.ts'
import { emptyState, planChanges } from '@isthmus/lab/network/changes.ts'
import { planNetwork } from '@isthmus/lab/network/plan.ts'
import { type LabNode, startNode } from '@isthmus/lab/node/index.ts'

/* Runs in a sandbox: one cluster of two nodes in one VPC, and what a user does with it. Says what it saw, one line of
 * JSON a sight. */

const run = promisify(execFile)
const see = (what: string, seen: unknown) => console.log(JSON.stringify({ what, seen }))

const hosts = [
  { name: 'api', vSwitch: 'switch', address: '20.0.0.2' },
  { name: 'one', vSwitch: 'switch', address: '20.0.0.3', podBlock: '10.0.0.0/24' },
  { name: 'two', vSwitch: 'switch', address: '20.0.0.4', podBlock: '10.0.1.0/24' },
]
const topology = {
  vpcs: [{ name: 'vpc', cidr: '20.0.0.0/8' }],
  vSwitches: [{ name: 'switch', vpc: 'vpc', cidr: '20.0.0.0/16' }],
  ...{ transitRouters: [], vpcAttachments: [], peerAttachments: [], groups: [] },
  podRanges: [{ vpc: 'vpc', cidr: '10.0.0.0/16' }],
  hosts,
}
await applyChanges(planChanges(emptyState, planNetwork(topology)))

const cluster = await startCluster({
  ...{ name: 'c', region: 'cn-hangzhou', apiNetns: 'api', apiAddress: '20.0.0.2', dir: '/run/isthmus/c' },
  ...{ podCidr: '10.0.0.0/16', serviceCidr: '172.16.0.0/16' },
})
const kubectl = async (...args: string[]) => (await cluster.kubectl(args)).trim()
const apply = (object: object) => cluster.kubectl(['apply', '-f', '-'], JSON.stringify(object))
const [one, two] = (await Promise.all(
  hosts.slice(1).map(({ name, address, podBlock }, i) =>
    startNode(cluster, {
      ...{ name, netns: name, address, podBlock: podBlock!, region: 'cn-hangzhou' },
      zone: `cn-hangzhou-${'ab'[i]}`,
    }),
  ),
)) as [LabNode, LabNode]
await Promise.all([one.ready(), two.ready()])

/** Asks until the answer passes or a minute is over; gives the last answer. */
async function until(ask: () => Promise<string>, passes: (answer: string) => boolean): Promise<string> {
  let answer = ''
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(200)) {
    answer = await ask().catch(String)
    if (passes(answer)) break
  }
  return answer
}
const jsonpath = (kind: string, name: string, path: string) => () =>
  kubectl('get', kind, name, '-o', `jsonpath=${path}`)
const podPath = (name: string, path: string) => jsonpath('pod', name, path)

const pod = (name: string, spec: object) => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name } },
  spec: { terminationGracePeriodSeconds: 5, ...spec },
})
const shell = (name: string, script: string, more: object = {}) => ({
  ...{ name, image: 'busybox:1.37', command: ['sh', '-c', script] },
  ...more,
})
const data = { volumeMounts: [{ name: 'data', mountPath: '/data' }] }
const volumes = [{ name: 'data', emptyDir: {} }]

await until(
  () => kubectl('get', 'serviceaccount', 'default', '-o', 'name'),
  answer => answer.includes('default'),
)

// A deployment behind a service, with probes and a configMap.
await apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'words' }, data: { word: 'one' } })
await apply({
  ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'echo' } },
  spec: { selector: { app: 'echo' }, ports: [{ port: 80, targetPort: 8080 }] },
})
const probe = { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 }
await apply({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'echo' } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'echo' } },
    template: {
      metadata: { labels: { app: 'echo' } },
      spec: {
        containers: [
          {
            ...{ name: 'echo', image: 'isthmus/http-echo', readinessProbe: probe, livenessProbe: probe },
            volumeMounts: [{ name: 'words', mountPath: '/etc/words' }],
          },
        ],
        volumes: [{ name: 'words', configMap: { name: 'words' } }],
      },
    },
  },
})
// Order of init container, native sidecar and container; all share a volume.
await apply(
  pod('order', {
    initContainers: [
      shell('first', 'echo init >> /data/order', data),
      shell('side', 'echo side >> /data/order; trap "exit 0" TERM; while :; do sleep 0.1; done', {
        ...{ ...data, restartPolicy: 'Always' },
        startupProbe: { exec: { command: ['grep', 'side', '/data/order'] }, periodSeconds: 1 },
      }),
    ],
    containers: [shell('main', 'echo main >> /data/order; cat /data/order; sleep infinity', data)],
    volumes,
  }),
)
await apply(pod('crash', { containers: [shell('x', 'echo ouch; echo why > /dev/termination-log; exit 3')] }))
await apply(pod('unknown', { containers: [{ name: 'x', image: 'nginx:1.27' }] }))

await kubectl('rollout', 'status', 'deployment/echo', '--timeout=60s')
see('rollout', await kubectl('get', 'deployment', 'echo', '-o', 'jsonpath={.status.readyReplicas}'))
await kubectl('wait', '--for=condition=Ready', 'pod/order', '--timeout=60s')
see(
  'order',
  await until(
    () => kubectl('logs', 'order', '-c', 'main'),
    text => text.includes('main'),
  ),
)
see(
  'labels',
  JSON.parse(await kubectl('get', 'node', 'one', '-o', 'jsonpath={.metadata.labels}'))['topology.kubernetes.io/zone'],
)

const restarts = '{.status.containerStatuses[0].restartCount}'
await until(podPath('crash', restarts), count => Number(count) >= 2)
const last = '{.status.containerStatuses[0]..terminated.exitCode} {.status.containerStatuses[0]..terminated.message}'
see('crash', await until(podPath('crash', last), text => text.includes('why')))
const waiting = podPath('unknown', '{.status.containerStatuses[0].state.waiting.message}')
see('unknown image', await until(waiting, text => text.includes('ISM1304')))

// Through the API server: exec with input, its exit code, port-forward.
see('exec', await kubectl('exec', 'order', '-c', 'main', '--', 'sh', '-c', 'hostname; ps -e | wc -l; id -u'))
see('exec input', (await cluster.kubectl(['exec', '-i', 'order', '-c', 'main', '--', 'cat'], 'typed')).trim())
see('exec code', await kubectl('exec', 'order', '-c', 'main', '--', 'sh', '-c', 'exit 7').catch(String))
const ask = 'fetch("http://echo/through").then(r => r.json()).then(r => console.log(r.path))'
see(
  'service by name',
  await until(
    () => kubectl('exec', 'order', '-c', 'main', '--', 'node', '-e', ask),
    text => text.includes('/through'),
  ),
)
see('port-forward', await portForward())

await kubectl('patch', 'configmap', 'words', '-p', '{"data":{"word":"two"}}')
const word = () => kubectl('exec', 'deployment/echo', '--', 'cat', '/etc/words/word')
see('configMap update', await until(word, text => text === 'two'))

// The runtime dies: its pods do not notice.
const before = await kubectl(
  'get',
  'pods',
  '-o',
  'jsonpath={range .items[*]}{.status.containerStatuses[0].containerID}{end}',
  '-l',
  'app=echo',
)
for (const node of [one, two]) {
  const disk = join(node.dir, 'disk')
  const [program, ...args] = node.enter(['sh', '-c', `kill -9 $(cat ${disk}/cri.pid)`])
  await run(program!, args)
}
await sleep(1000)
see(
  'exec after the runtime was killed',
  await until(
    () => kubectl('exec', 'order', '-c', 'main', '--', 'echo', 'still here'),
    text => text === 'still here',
  ),
)
await kubectl('wait', '--for=condition=Ready', 'pods', '-l', 'app=echo', '--timeout=30s')
const after = await kubectl(
  'get',
  'pods',
  '-o',
  'jsonpath={range .items[*]}{.status.containerStatuses[0].containerID}{end}',
  '-l',
  'app=echo',
)
see('same containers', before === after && before.length > 0)

// Asked to end, a program that does not listen is ended after its grace; a listening one ends by itself.
await apply(
  pod('deaf', {
    terminationGracePeriodSeconds: 1,
    containers: [shell('x', 'trap "" TERM; while :; do sleep 0.1; done')],
  }),
)
await kubectl('wait', '--for=condition=Ready', 'pod/deaf', '--timeout=60s')
await kubectl('delete', 'pod', 'deaf', 'order', 'crash', 'unknown', '--timeout=60s')
see('deleted', await kubectl('get', 'pods', '-o', 'name', '-l', '!app'))

await kubectl('scale', 'deployment/echo', '--replicas=0')
const leftovers = async () => {
  const counts = [one, two].map(async node => {
    const [program, ...args] = node.enter([
      'sh',
      '-c',
      `ls ${node.dir}/disk/cri/containers | wc -l; pgrep -f inside.sh | wc -l`,
    ])
    return (await run(program!, args)).stdout.trim().split('\n').map(Number)
  })
  const [a, b] = await Promise.all(counts)
  const dns = (await kubectl('get', 'pods', '-n', 'kube-system', '-o', 'name')).split('\n').length
  return String(a![0]! + b![0]! - dns)
}
see('left of ended pods', await until(leftovers, count => Number(count) === 0))

// A node without power.
await kubectl('scale', 'deployment/echo', '--replicas=2')
await kubectl('rollout', 'status', 'deployment/echo', '--timeout=60s')
await one.powerOff()
const ready = jsonpath('node', 'one', '{.status.conditions[?(@.type=="Ready")].status}')
see('powered off', await until(ready, status => status === 'Unknown'))
const endpoints = '{range .items[*].endpoints[*]}{.nodeName}={.conditions.ready} {end}'
const slices = () =>
  kubectl('get', 'endpointslices', '-l', 'kubernetes.io/service-name=echo', '-o', `jsonpath=${endpoints}`)
see('endpoints of a dead node', await until(slices, text => !text.includes('one=true')))
await one.powerOn()
see('powered on', await until(ready, status => status === 'True'))

await Promise.all([one.stop(), two.stop()])
await cluster.stop()
process.exit(0)

/** What a request through `kubectl port-forward` is answered. */
async function portForward(): Promise<string> {
  const file = '/run/isthmus/forward.kubeconfig'
  writeFileSync(file, cluster.api.adminKubeconfig(cluster.api.url))
  const args = ['kubectl', '--kubeconfig', file, 'port-forward', 'deployment/echo', ':8080']
  const forward = spawn(kubeBinary(), args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = await new Promise<number>((resolve, reject) => {
    forward.stdout.on('data', chunk => {
      const found = /127\.0\.0\.1:(\d+)/.exec(String(chunk))
      if (found) resolve(Number(found[1]))
    })
    forward.once('exit', code => reject(new Error(`port-forward ended with ${code}`)))
  })
  const answer = await new Promise<string>((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path: '/forwarded', agent: false }, response => {
      let text = ''
      response.on('data', chunk => {
        text += chunk
      })
      response.on('end', () => resolve(text))
    })
    asked.on('error', reject)
    asked.end()
  })
  forward.kill('SIGKILL')
  return JSON.parse(answer).path
}
