// The container runtime of one node of the lab: a CRI v1 server for its kubelet. main.ts SETTINGS.json
import { dirname, join } from 'node:path'
import type { ServerWritableStream } from '@grpc/grpc-js'
import { programRows, readTable } from '../images/index.ts'
import { type ContainerEvent, Containers } from './containers.ts'
import { imageService } from './image-service.ts'
import { readBase } from './prepare.ts'
import { nanoseconds } from './protocol.ts'
import { runtimeService } from './runtime-service.ts'
import { Sandboxes } from './sandboxes.ts'
import { log, serve } from './server.ts'
import { readSettings } from './settings.ts'
import { type ContainerRecord, Store } from './store.ts'
import { Streams } from './streams.ts'
import { containerStatus, sandboxStatus } from './views.ts'

const settings = readSettings(String(process.argv[2]))
const store = new Store(settings.state)
const rows = programRows(program => settings.programArgv[program.name] ?? [])
const table = readTable(settings.imageFiles, rows)

const watchers = new Set<ServerWritableStream<unknown, unknown>>()
function tell(event: ContainerEvent, container: ContainerRecord): void {
  const sandbox = store.sandboxes.get(container.sandboxId)
  const message = {
    container_id: container.id,
    container_event_type: `CONTAINER_${event}_EVENT`,
    created_at: nanoseconds(Date.now()),
    pod_sandbox_status: sandbox && sandboxStatus(sandbox),
    containers_statuses: store.containersOf(container.sandboxId).map(containerStatus),
  }
  for (const watcher of watchers) watcher.write(message)
}

const containers = new Containers({
  store,
  table,
  base: readBase(settings.base),
  programs: settings.programs,
  node: settings.node,
  cgroup: settings.cgroup,
  onEvent: tell,
})
const sandboxes = new Sandboxes(store, containers, settings.podBlock, settings.lastAddress)
const streams = new Streams({
  kube: settings.kube,
  socket: settings.streamSocket,
  port: settings.streamPort,
  logFile: join(dirname(settings.state), 'stream.log'),
})
const runtime = runtimeService({ store, containers, sandboxes, streams })
await serve(settings.socket, settings.proto, { runtime, image: imageService(table) }, watcher => {
  watchers.add(watcher)
  for (const over of ['cancelled', 'close', 'error']) watcher.on(over, () => watchers.delete(watcher))
})
log(`serving node ${settings.node}: ${store.sandboxes.size} sandboxes, ${store.containers.size} containers found`)
