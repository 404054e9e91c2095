// A load generator: one JSON line a second with the summary so far, the last line when the run is over.
import { createServer } from 'node:http'
import { parseArguments } from './arguments.ts'
import { startLoad } from './load.ts'

try {
  const { load: options, servePort } = parseArguments(process.argv.slice(2), process.env)
  const load = startLoad(options)
  const lines = setInterval(() => console.log(JSON.stringify(load.summary())), 1000)
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/summary' || request.url === '/health' ? 200 : 404, {
      'content-type': 'application/json',
    })
    response.end(`${JSON.stringify(load.summary())}\n`)
  })
  if (servePort !== undefined) server.listen(servePort)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void load.stop())
  const summary = await load.done
  clearInterval(lines)
  server.close()
  console.log(JSON.stringify(summary))
  process.exitCode = summary.failed > 0 ? 1 : 0
} catch (error) {
  console.error(`load: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 2
}
