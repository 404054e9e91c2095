import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/* Pods of a region in a process of their own, so that they can be cut off: `node far-pods.ts NAME PODS`. */

const [, , name, pods] = process.argv
const ports: number[] = []
for (let i = 0; i < Number(pods); i++) {
  const server = createServer((request, response) => {
    request.resume()
    response.end(name)
  })
  // The smallest queue: once it is full and nobody accepts, the kernel drops what comes, as a connection that is cut does.
  await new Promise<void>(resolve => server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, resolve))
  ports.push((server.address() as AddressInfo).port)
}
console.log(JSON.stringify(ports))
