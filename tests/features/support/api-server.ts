import { mkdirSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { KubeClient, parseKubeconfig } from '@isthmus/kubernetes'
import { type ApiServer, startApiServer } from '@isthmus/lab/cluster/apiserver.ts'

/** A real kube-apiserver on loopback with ports of its own; await `ready()` before use. */
export async function apiServer(name: string, dir: string, serviceCidr = '10.96.0.0/16'): Promise<ApiServer> {
  const [port, etcdPort] = await freePorts()
  mkdirSync(dir, { recursive: true })
  return startApiServer({ name, address: '127.0.0.1', port, etcdPort, dir: join(dir, name), serviceCidr })
}

/** As its administrator. */
export function clientOf(server: ApiServer): KubeClient {
  return new KubeClient(parseKubeconfig(server.adminKubeconfig(server.url)).access())
}

const handedOut = new Set<number>()

/** A free port, and another with the one above it, which etcd takes too; none twice. */
async function freePorts(): Promise<[number, number]> {
  const listen = (port: number) =>
    new Promise<Server | undefined>(resolve => {
      const server = createServer()
      server.once('error', () => resolve(undefined))
      server.listen(port, '127.0.0.1', () => resolve(server))
    })
  const portOf = (server: Server) => (server.address() as AddressInfo).port
  for (;;) {
    const [one, two] = [(await listen(0))!, (await listen(0))!]
    const above = await listen(portOf(two) + 1)
    const ports = [portOf(one), portOf(two), portOf(two) + 1]
    for (const server of [one, two, above]) server?.close()
    if (!above || ports.some(port => handedOut.has(port))) continue
    for (const port of ports) handedOut.add(port)
    return [ports[0]!, ports[1]!]
  }
}

/** A free port of loopback that nothing else here was given. */
export async function freePort(): Promise<number> {
  return (await freePorts())[0]
}
