import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { LabControl } from '../cloud/control.ts'
import { World } from '../cloud/world.ts'
import type { Host } from '../world/host.ts'
import { loadWorld } from '../world/load.ts'
import { Channel } from './channel.ts'
import type { ListenRequest } from './listeners.ts'
import { controlSocket, insideDirectory, relaySocket } from './paths.ts'
import { startRelay, type Targets } from './relay.ts'

/*
 * Runs inside the sandbox, in its first namespaces: inside.ts WORLD_FILE LAB_DIRECTORY HOST_LOWEST_PORT
 * Two sockets on the sandbox's own tmpfs: the relay's, and the control channel's, whose `supervise` makes its caller the
 * one who opens ports outside.
 */
const [worldFile, labDirectory, lowestPort] = process.argv.slice(2) as [string, string, string]
const forwards = new Map<string, Targets>()
const supervisor = Promise.withResolvers<Channel>()

const host: Host = {
  async open({ targets, ...request }) {
    forwards.set(request.forward, targets)
    return (await supervisor.promise).call<{ port: number }>('listen', request satisfies ListenRequest)
  },
  async close(forward) {
    forwards.delete(forward)
    await (await supervisor.promise).call('unlisten', { forward })
  },
  progress(message) {
    supervisor.promise.then(s => s.tell('progress', { message }))
  },
}

process.on('uncaughtException', error => {
  console.error(error)
  host.progress(`inside: ${error.message}`)
})
process.on('unhandledRejection', error => {
  console.error(error)
  host.progress(`inside: ${(error as Error)?.message ?? error}`)
})

mkdirSync(join(labDirectory, 'logs'), { recursive: true })
const folders = { inside: join(insideDirectory, 'world'), lab: labDirectory }
const world = new World(await loadWorld(worldFile), folders, host, Number(lowestPort))
const control = new LabControl(world)

await startRelay(relaySocket, forward => forwards.get(forward))
const server = createServer(socket => {
  const channel: Channel = new Channel(socket, {
    ...control.handlers,
    supervise: () => supervisor.resolve(channel),
  })
})
server.listen(controlSocket)

let said = false
world.onChange(() => {
  if (said || !world.ready) return
  said = true
  supervisor.promise.then(s => s.tell('ready', {}))
})
await world.start()
