import { BareServer } from './bare-server.ts'
import { FleetProcess } from './client/commands.ts'
import type { FleetOptions, Recording } from './client/fleet.ts'

/** The same sidecars and the same bytes from a bare HTTP/2 server: seconds until all have everything, CPU seconds of the server. */
export async function bareStorm(
  recordings: readonly Recording[],
  fleetOptions: Omit<FleetOptions, 'port'>,
): Promise<{ readonly seconds: number; readonly cpuSeconds: number }> {
  const server = await BareServer.start({ recordings, mode: fleetOptions.mode, changes: [] })
  const fleet = new FleetProcess()
  try {
    await fleet.state()
    const cpu = server.cpuSeconds
    const { ms } = await fleet.connect({ port: server.port, ...fleetOptions })
    return { seconds: ms / 1000, cpuSeconds: server.cpuSeconds - cpu }
  } finally {
    await fleet.stop()
    await server.stop()
  }
}
