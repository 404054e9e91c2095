// A process of sidecars: does what its parent asks over IPC (see commands.ts).
import { renameSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import type { Changed, ChangeMaker, Command, Reply } from './commands.ts'
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
      const { by, type, marker } = command
      const times = await fleet!.change(type, marker, maker(by))
      return { times, response: fleet!.changeResponse } satisfies Changed
    }
    case 'state':
      return { received: fleet?.received ?? 0, cpuSeconds: cpuSeconds() }
    case 'close':
      fleet?.close()
      return undefined
  }
}

/** What can be made ready before time runs is. */
function maker(by: ChangeMaker): () => void {
  if ('post' in by) return () => request(by.post, { method: 'POST' }, response => response.resume()).end()
  const hidden = by.file.replace(/([^/]+)$/, '.$1.tmp')
  writeFileSync(hidden, by.text)
  return () => renameSync(hidden, by.file)
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

function answer(reply: Reply): void {
  process.send?.(reply)
}
