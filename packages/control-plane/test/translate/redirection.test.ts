import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/* The sidecar behind the real redirection rules, in a sandbox: no address of it is the machine's. */

const sandbox = ['--user', '--map-root-user', '--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child']

function missing(): string | false {
  try {
    execFileSync('unshare', [...sandbox, 'sh', '-c', 'ip link set lo up && nft add table ip try'], { stdio: 'pipe' })
    return false
  } catch (error) {
    return `no user namespace with ip and nft here: ${(error as Error).message.split('\n')[0]}`
  }
}

test('inbound, outbound, passthrough and to itself: a redirected pod reaches and is reached', {
  skip: missing(),
}, async () => {
  const script = fileURLToPath(new URL('./redirected-pod.ts', import.meta.url))
  const { stdout } = await promisify(execFile)('unshare', [...sandbox, process.execPath, script], {
    timeout: 120_000,
    killSignal: 'SIGKILL',
  })
  const seen = JSON.parse(stdout.trim().split('\n').at(-1)!)
  // Through the sidecar, by the address the client dialled, and the application sees the loopback source.
  assert.deepEqual(seen.inbound, { name: 'app', peer: '127.0.0.6', host: 'app', server: 'istio-envoy' })
  assert.deepEqual(seen.inboundOnPodIp, { name: 'podip', peer: '127.0.0.6', host: 'app', server: 'istio-envoy' })
  // Ports that no service names are passed as they are.
  assert.deepEqual(seen.probe, { name: 'probe', peer: '127.0.0.6', host: 'app' })
  assert.deepEqual(seen.service, { name: 'reviews', peer: '10.0.9.2', host: 'reviews:9080' })
  assert.deepEqual(seen.itself, { name: 'app', peer: '10.0.9.2', host: 'app' })
  assert.equal(seen.loopback.name, 'app')
  assert.equal(seen.unknownHost.name, 'reviews')
  assert.equal(seen.unknownPort.name, 'outside')
  // Envoy would answer 426: it goes where it was going.
  assert.equal(seen.http10, 'HTTP/1.1 200 OK')
  // At a service's own address too: only HTTP that Envoy speaks is the service's.
  assert.equal(seen.serviceByHttp2.name, 'reviews')
  assert.equal(seen.serviceByHttp10, 'heard GET / HTTP/1.0')
  assert.equal(seen.serviceNotHttp, 'heard something else')
  assert.equal(seen.tcp, 'tcp says hello')
})
