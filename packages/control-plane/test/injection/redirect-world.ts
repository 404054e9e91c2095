/*
 * Run in a user, network and mount namespace of its own by redirect.test.ts: two network namespaces joined by a veth pair,
 * one of them "the pod" with redirection and the listeners a sidecar would have, the other its peer. Prints where each
 * connection ended.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'

const run = (text: string) => execFileSync('sh', ['-ec', text], { stdio: ['ignore', 'ignore', 'inherit'] })
const pod = '10.9.0.1'
const peer = '10.9.0.2'
const excluded = '10.9.0.3'

/** Answers each connection with the name of what it reached. */
async function answer(name: string, port: number): Promise<void> {
  const server = createServer(socket => {
    socket.on('error', () => {})
    socket.end(name)
  })
  server.listen(port, '0.0.0.0')
  await once(server, 'listening')
}

function reach(host: string, port: number): Promise<string> {
  return new Promise(resolve => {
    const socket = connect({ host, port, timeout: 2_000 })
    let text = ''
    socket.on('data', chunk => {
      text += chunk
    })
    socket.on('error', error => resolve(`${error}`))
    socket.on('timeout', () => resolve('timeout'))
    socket.on('end', () => resolve(text))
  })
}

if (process.argv[2] === 'peer') {
  for (const port of [80, 3306, 1337]) await answer('peer', port)
  process.stdout.write('ready\n')
  process.stdin.on('data', async line => {
    process.stdout.write(`${await reach(pod, Number(line))}\n`)
  })
  process.stdin.on('end', () => process.exit(0))
} else {
  run(`
    mount -t tmpfs tmpfs /run
    ip netns add peer
    ip link set lo up
    ip link add eth0 type veth peer name eth0 netns peer
    ip addr add ${pod}/24 dev eth0
    ip link set eth0 up
    ip -n peer addr add ${peer}/24 dev eth0
    ip -n peer addr add ${excluded}/24 dev eth0
    ip -n peer link set eth0 up
    ip -n peer link set lo up`)
  execFileSync('nft', [process.argv[2]!], { stdio: ['ignore', 'ignore', 'inherit'] })
  // Stands for the proxy's own sockets: this port's packets carry the mark before redirection looks at them.
  run(`nft 'table ip test { chain c { type filter hook output priority -150; tcp dport 1337 meta mark set 1337; }; }'`)
  await answer('outbound proxy', 15001)
  await answer('inbound proxy', 15006)
  await answer('health', 15021)
  await answer('application', 9080)
  await answer('application', 9999)

  const other = spawn('ip', ['netns', 'exec', 'peer', process.execPath, import.meta.filename, 'peer'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const next = async () => String((await once(other.stdout, 'data'))[0]).trim()
  await next()
  const fromPeer = async (port: number) => {
    other.stdin.write(`${port}\n`)
    return next()
  }
  const seen = {
    'to another pod': await reach(peer, 80),
    'to another pod, by the proxy itself': await reach(peer, 1337),
    'to an excluded port': await reach(peer, 3306),
    'to an excluded range': await reach(excluded, 80),
    'to loopback': await reach('127.0.0.1', 9080),
    'to the own address': await reach(pod, 9080),
    'from another pod': await fromPeer(9080),
    'from another pod to an excluded port': await fromPeer(9999),
    'from another pod to the health port': await fromPeer(15021),
  }
  console.log(JSON.stringify(seen))
  other.stdin.end()
  process.exit(0)
}
