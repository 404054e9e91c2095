import { type Identity, identity } from './identity.ts'
import { type Handler, type Service, startService } from './service.ts'

/**
 * The main of every program: the port is the first argument (`defaultPort` otherwise), `FAULT` how it starts out broken,
 * `FAULT_CONTROL` the address of its fault switch (`127.0.0.1:9099`; `off`: none).
 *
 * On SIGTERM it goes on answering until no new request has come for half a second, since proxies elsewhere hear of its
 * end only a moment later than it does; then it finishes what it has and exits.
 */
export async function run(name: string, make: (who: Identity) => Handler, defaultPort = 9080): Promise<Service> {
  const who = identity(name)
  const control = process.env.FAULT_CONTROL ?? '127.0.0.1:9099'
  const service = await startService({
    who,
    handler: make(who),
    port: Number(process.argv[2] ?? defaultPort),
    fault: process.env.FAULT,
    faultDoor: control === 'off' ? undefined : control,
    log: process.env.ACCESS_LOG === 'off' ? undefined : line => console.log(line),
  })
  console.log(`${name} ${who.version} (${who.pod}) listens on port ${service.port}`)
  const end = (quietMs: number, patienceMs: number) => () =>
    void service.stop(quietMs, patienceMs).then(() => process.exit(0))
  process.once('SIGTERM', end(500, 5000))
  process.once('SIGINT', end(0, 0))
  return service
}
