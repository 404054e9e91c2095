import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Waits until the API server on this network namespace's loopback is ready: `probe.ts PORT CA_FILE TIMEOUT_MS`.
 * A program of its own, because a process lives in one network namespace and the lab's API servers in many.
 * Exits 0 when ready, 1 with the last reason on stderr when not.
 */
async function main(port: number, caFile: string, timeoutMs: number): Promise<void> {
  const ca = readFileSync(caFile, 'utf8')
  const deadline = Date.now() + timeoutMs
  let why = 'never asked'
  while (Date.now() < deadline) {
    why = await ask(port, ca)
    if (why === '') return
    await sleep(50)
  }
  console.error(why)
  process.exitCode = 1
}

/** Empty when ready, else why not. */
function ask(port: number, ca: string): Promise<string> {
  return new Promise(resolve => {
    const asked = request(
      { host: '127.0.0.1', port, path: '/readyz', ca, timeout: 2000, agent: false, servername: 'localhost' },
      answer => {
        answer.resume()
        resolve(answer.statusCode === 200 ? '' : `/readyz says ${answer.statusCode}`)
      },
    )
    asked.on('timeout', () => asked.destroy(new Error('no answer within 2 s')))
    asked.on('error', error => resolve(error.message))
    asked.end()
  })
}

const [port, caFile, timeoutMs] = process.argv.slice(2)
await main(Number(port), String(caFile), Number(timeoutMs))
