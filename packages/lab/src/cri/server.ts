import { rmSync } from 'node:fs'
import * as grpc from '@grpc/grpc-js'
import { CallError, loadServices } from './protocol.ts'

// biome-ignore lint/suspicious/noExplicitAny: requests are as the kubelet's api.proto has them; each handler types its own.
type Handlers = Record<string, (request: any) => object | Promise<object>>

/** Calls the kubelet makes all the time, which the log need not hold. */
const quiet = /^(List|Status|Version|ContainerStatus|PodSandboxStatus|ImageStatus|ImageFsInfo|RuntimeConfig|ExecSync)/

/** Serves the CRI on a unix socket. */
export function serve(
  socket: string,
  protoFile: string,
  handlers: { runtime: Handlers; image: Handlers },
  onWatcher: (call: grpc.ServerWritableStream<unknown, unknown>) => void,
): Promise<grpc.Server> {
  const services = loadServices(protoFile)
  const server = new grpc.Server()
  server.addService(services.runtime, { ...wrap(handlers.runtime), GetContainerEvents: onWatcher })
  server.addService(services.image, wrap(handlers.image))
  // The socket of a runtime that was killed is still there.
  rmSync(socket, { force: true })
  return new Promise((resolve, reject) =>
    server.bindAsync(`unix:${socket}`, grpc.ServerCredentials.createInsecure(), error =>
      error ? reject(error) : resolve(server),
    ),
  )
}

function wrap(handlers: Handlers): grpc.UntypedServiceImplementation {
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handle]) => [
      name,
      (call: { request: object }, done: grpc.sendUnaryData<object>) => void answer(name, handle, call.request, done),
    ]),
  )
}

async function answer(
  name: string,
  handle: Handlers[string],
  request: object,
  done: grpc.sendUnaryData<object>,
): Promise<void> {
  const began = performance.now()
  try {
    const result = await handle(request)
    if (!quiet.test(name)) log(`${name} ${subject(request)} ${(performance.now() - began).toFixed(1)} ms`)
    done(null, result)
  } catch (error) {
    const { message } = error as Error
    log(`${name} ${subject(request)} failed: ${message}`)
    done({ code: error instanceof CallError ? error.code : grpc.status.UNKNOWN, details: message })
  }
}

function subject(request: object): string {
  const { container_id, pod_sandbox_id, config } = request as {
    container_id?: string
    pod_sandbox_id?: string
    config?: { metadata?: { name?: string } }
  }
  return container_id || config?.metadata?.name || pod_sandbox_id || ''
}

export function log(text: string): void {
  console.log(`${new Date().toISOString()} ${text}`)
}
