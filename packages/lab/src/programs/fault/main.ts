// `fault 503`, run in a pod by `kubectl exec`: breaks the pod's program while it lives; `fault none` mends it.
import { request } from 'node:http'

const mode = process.argv[2]
const [host, port] = (process.env.FAULT_CONTROL ?? '127.0.0.1:9099').split(':')
const call = request(
  { host, port, path: '/fault', method: mode === undefined ? 'GET' : 'POST', timeout: 2000 },
  response => {
    response.pipe(process.stdout)
    process.exitCode = response.statusCode === 200 ? 0 : 1
  },
)
call.on('timeout', () => call.destroy(new Error('no answer within 2 s')))
call.on('error', error => {
  console.error(`fault: no switch at ${host}:${port}: ${error.message}`)
  process.exitCode = 1
})
call.end(mode === undefined ? undefined : JSON.stringify({ mode }))
