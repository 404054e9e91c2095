import { labDirectory } from './paths.ts'
import { supervise } from './supervisor.ts'

/*
 * The supervisor as a process of its own: detached.ts WORLD_FILE. Says how it goes to whoever started it, for as long as
 * that one listens, and to its log; ends the lab on SIGTERM or SIGINT.
 */
const say = (message: object) => {
  if (process.connected) process.send?.(message, () => {})
}
process.on('disconnect', () => {})
try {
  const supervisor = await supervise({
    directory: labDirectory(),
    worldFile: process.argv[2]!,
    progress(message, seconds) {
      console.log(`${seconds.toFixed(1)}s ${message}`)
      say({ message, seconds })
    },
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => supervisor.end())
  supervisor.ready.then(
    () => say({ ready: true }),
    (error: Error) => say({ error: error.message }),
  )
  await supervisor.ended
  process.exit(0)
} catch (error) {
  console.error(error)
  say({ error: (error as Error).message, code: (error as { code?: string }).code })
  process.exit(1)
}
