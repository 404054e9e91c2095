// A process of sidecars: does what its parent asks over IPC (see commands.ts).
import { renameSync, writeFileSync } from 'node:fs'
import type { Command, Reply } from './commands.ts'
import { Fleet } from './fleet.ts'

let fleet: Fleet | undefined

process.on('message', (command: Command) => {
  run(command).then(
    value => answer({ id: command.id, value }),
    error => answer({ id: command.id, error: (error as Error).message }),
  )
})
// The parent has gone: nothing to measure any more.
process.on('disconnect', () => process.exit(0))

async function run(command: Command): Promise<unknown> {
  switch (command.kind) {
    case 'connect': {
      fleet = new Fleet(command)
      const ms = await fleet.connect()
      return { ms, recordings: fleet.recordings, retries: fleet.retries }
    }
    case 'change': {
      const { file, text, type, marker } = command
      const hidden = file.replace(/([^/]+)$/, '.$1.tmp')
      writeFileSync(hidden, text)
      return fleet!.change(type, marker, () => renameSync(hidden, file))
    }
    case 'state':
      return { received: fleet?.received ?? 0, cpuSeconds: cpuSeconds() }
    case 'close':
      fleet?.close()
      return undefined
  }
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

function answer(reply: Reply): void {
  process.send?.(reply)
}
