import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commandLine, environment, execLine, userOf } from '@isthmus/lab/cri/command.ts'
import { linkCommands, podLink } from '@isthmus/lab/cri/network.ts'
import { resolvConf } from '@isthmus/lab/cri/prepare.ts'
import { isMapped } from '@isthmus/lab/cri/process.ts'
import type { ContainerConfig } from '@isthmus/lab/cri/protocol.ts'
import { planRoot } from '@isthmus/lab/cri/root.ts'
import { parseTable } from '@isthmus/lab/images/index.ts'

const [row] = parseTable('- {image: x, entrypoint: [server], args: [--default], env: {A: image, B: image}}', 'x')

test('command replaces entrypoint and arguments, args the arguments alone', () => {
  const line = (command: string[], args: string[]) => commandLine({ command, args }, row!)
  assert.deepEqual(line([], []), ['server', '--default'])
  assert.deepEqual(line([], ['--mine']), ['server', '--mine'])
  assert.deepEqual(line(['sh', '-c'], ['exit 3']), ['sh', '-c', 'exit 3'])
  assert.deepEqual(line(['sleep'], []), ['sleep'])
})

test('the container’s environment beats the image’s', () => {
  const env = environment({ envs: [{ key: 'A', value: 'pod' }] }, row!, '/bin', 'pod-1')
  assert.deepEqual(env, { PATH: '/bin', HOME: '/root', HOSTNAME: 'pod-1', A: 'pod', B: 'image' })
})

test('root needs no change of user; others keep their groups', () => {
  const config = (run_as_user?: string) =>
    ({
      linux: { security_context: { run_as_user: run_as_user && { value: run_as_user }, supplemental_groups: [] } },
    }) as unknown as ContainerConfig
  assert.equal(userOf(config('0')), undefined)
  assert.equal(userOf(config()), undefined)
  const user = userOf(config('1337'))
  assert.deepEqual(user, { uid: 1337, gid: 0, groups: [] })
  assert.deepEqual(execLine(['id'], { A: 'b' }, '/tmp', user).slice(0, 4), [
    'setpriv',
    '--reuid=1337',
    '--regid=0',
    '--clear-groups',
  ])
})

test('ids count as there when the sandbox maps them', () => {
  assert.equal(isMapped(0, '         0       1000          1\n'), true)
  assert.equal(isMapped(1337, '         0       1000          1\n'), false)
  assert.equal(isMapped(1337, '0 1000 1\n1 100000 65536\n'), true)
})

test('resolv.conf has the cluster’s DNS and search names', () => {
  const text = resolvConf({ servers: ['172.16.0.10'], searches: ['a.svc', 'svc'], options: ['ndots:5'] })
  assert.equal(text, 'nameserver 172.16.0.10\nsearch a.svc svc\noptions ndots:5\n')
})

test('a pod’s link is point to point, so that it can reach itself through its service', () => {
  const { node, pod } = linkCommands(podLink('0123456789abcdef', '10.0.0.7', '10.0.0.1'))
  assert.ok(node.includes('addr add 10.0.0.1/32 dev v0123456789'))
  assert.ok(node.includes('route add 10.0.0.7/32 dev v0123456789'))
  assert.ok(pod.includes('addr add 10.0.0.7/32 dev eth0'))
  assert.ok(![...node, ...pod].some(command => command.includes('bridge')))
})

const base = {
  folder: '/base',
  mounts: ['usr', 'dev'],
  links: { bin: 'usr/bin' },
  masked: ['/proc/sysrq-trigger'],
  etc: ['passwd', 'hosts'],
}
const mount = (host_path: string, container_path: string, folder: boolean, readonly = false) => ({
  ...{ host_path, container_path, folder, readonly },
})

test('mounts lie in each other in the order of their depth, whatever order the pod gives', () => {
  const plan = planRoot({
    base,
    root: '/root dir',
    mounts: [mount('/vol/sub', '/data/sub', true), mount('/vol/data', '/data', true, true)],
    privileged: false,
  })
  const targets = plan.fstab.split('\n').map(line => line.split(' ')[1])
  assert.ok(targets.indexOf('/root\\040dir/data') < targets.indexOf('/root\\040dir/data/sub'))
  assert.ok(plan.folders.includes('data'))
  // The point for the inner one is made where the outer one's content is.
  assert.deepEqual(plan.points, [{ path: '/vol/data/sub', folder: true }])
  assert.match(plan.fstab, /^\/vol\/data \S+\/data none rbind,ro 0 0$/m)
})

test('links of the root are followed: /var/run is /run, files of /etc are covered, not linked', () => {
  const plan = planRoot({
    base,
    root: '/r',
    mounts: [
      mount('/t', '/var/run/secrets/token', true, true),
      mount('/h', '/etc/hosts', false),
      mount('/l', '/dev/termination-log', false),
    ],
    privileged: false,
  })
  assert.match(plan.fstab, /^\/t \/r\/run\/secrets\/token /m)
  assert.equal(plan.links['etc/hosts'], undefined)
  assert.equal(plan.links['etc/passwd'], '/isthmus/etc/passwd')
  assert.deepEqual(plan.files, ['etc/hosts'])
  assert.deepEqual(plan.points, [{ path: '/base/dev/termination-log', folder: false }])
})

test('only a privileged container may write the machine’s settings', () => {
  const text = (privileged: boolean) => planRoot({ base, root: '/r', mounts: [], privileged }).fstab
  assert.match(text(false), /\/r\/proc\/sys none rbind,ro/)
  assert.match(text(false), /sysrq-trigger/)
  assert.doesNotMatch(text(true), /proc\/sys/)
})
