import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { redirectRules, trafficCapture } from '@isthmus/control-plane/injection/index.ts'

const sandbox = ['--user', '--map-root-user', '--net', '--mount']
const usable =
  spawnSync('unshare', [...sandbox, 'sh', '-c', 'nft list tables && ip link show lo'], { stdio: 'ignore' }).status === 0

/** Runs `redirect-world.ts` in a network of its own under the given rules; it prints where each connection ended. */
function where(rules: string): Record<string, string> {
  const program = fileURLToPath(new URL('./redirect-world.ts', import.meta.url))
  const run = spawnSync('unshare', [...sandbox, process.execPath, program, rules], {
    encoding: 'utf8',
    timeout: 60_000,
  })
  assert.equal(run.status, 0, run.stderr)
  return JSON.parse(run.stdout)
}

test('under the real kernel, traffic goes where the rules say', {
  skip: usable ? false : 'no user namespace with nft and ip here',
}, () => {
  const annotations = {
    'traffic.sidecar.istio.io/excludeOutboundPorts': '3306',
    'traffic.sidecar.istio.io/excludeOutboundIPRanges': '10.9.0.3/32',
    'traffic.sidecar.istio.io/excludeInboundPorts': '9999',
  }
  assert.deepEqual(where(redirectRules(trafficCapture(annotations), 'mark')), {
    'to another pod': 'outbound proxy',
    'to another pod, by the proxy itself': 'peer',
    'to an excluded port': 'peer',
    'to an excluded range': 'peer',
    'to loopback': 'application',
    'to the own address': 'application',
    'from another pod': 'inbound proxy',
    'from another pod to an excluded port': 'application',
    'from another pod to the health port': 'health',
  })
})

test('the rules can be applied again, and by user id', { skip: usable ? false : 'no user namespace with nft' }, () => {
  const rules = redirectRules(trafficCapture(), 'uid')
  assert.match(rules, /meta skuid 1337 return/)
  const script = `nft "$1" && nft "$1" && nft list table ip isthmus`
  const run = spawnSync('unshare', [...sandbox, 'sh', '-c', script, 'sh', rules], { encoding: 'utf8' })
  assert.equal(run.status, 0, run.stderr)
  assert.equal(run.stdout.match(/redirect to :15001/g)?.length, 1)
})
