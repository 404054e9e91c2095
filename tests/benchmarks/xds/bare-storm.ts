import { fork } from 'node:child_process'
import { join } from 'node:path'
import { FleetProcess } from './client/commands.ts'
import type { Recording } from './client/fleet.ts'
import type { Mode } from './client/sidecar.ts'
import { cpuSecondsOf } from './process.ts'

/** The same sidecars and the same bytes from a bare HTTP/2 server: seconds until all have everything, CPU seconds of the server. */
export async function bareStorm(
  recordings: readonly Recording[],
  fleetOptions: { readonly count: number; readonly mode: Mode; readonly namespaces: readonly string[] },
): Promise<{ readonly seconds: number; readonly cpuSeconds: number }> {
  const server = fork(join(import.meta.dirname, 'bare.ts'), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    serialization: 'advanced',
  })
  const fleet = new FleetProcess()
  try {
    const port = await new Promise<number>(resolve => {
      server.once('message', message => resolve(message as number))
      server.send({ recordings, mode: fleetOptions.mode })
    })
    await fleet.state()
    const cpu = cpuSecondsOf(server.pid!)
    const { ms } = await fleet.connect({ port, ...fleetOptions })
    return { seconds: ms / 1000, cpuSeconds: cpuSecondsOf(server.pid!) - cpu }
  } finally {
    await fleet.stop()
    server.disconnect()
  }
}
