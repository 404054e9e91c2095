import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

/**
 * How a living program misbehaves. `status` answers it at once, `hang` accepts and never answers, `reset` closes the
 * connection without an answer, `delayMs` makes every answer late.
 */
export interface Fault {
  readonly mode: 'none' | 'status' | 'hang' | 'reset'
  readonly status?: number
  readonly delayMs?: number
}

export const noFault: Fault = { mode: 'none' }

/** Reads `none`, `hang`, `reset`, `503` (any status from 200 to 599) or `delay=250`; undefined when it is none of them. */
export function parseFault(text: string): Fault | undefined {
  const word = text.trim().toLowerCase()
  if (word === '' || word === 'none') return noFault
  if (word === 'hang' || word === 'reset') return { mode: word }
  const delay = /^delay=(\d{1,6})$/.exec(word)
  if (delay) return { mode: 'none', delayMs: Number(delay[1]) }
  const status = /^[2-5]\d\d$/.exec(word)
  return status ? { mode: 'status', status: Number(word) } : undefined
}

/** What is wrong with a program just now; changed while it lives. */
export interface FaultSwitch {
  current: Fault
}

/**
 * Carries out a fault on a request. True: the request is dealt with (or will never be). Requests for `/health` are never
 * touched, so that a kubelet that probes it leaves the broken pod alive.
 */
export async function carryOut(fault: Fault, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  if (request.url === '/health') return false
  if (fault.delayMs) await new Promise(resolve => setTimeout(resolve, fault.delayMs))
  if (fault.mode === 'none') return false
  if (fault.mode === 'hang') return true
  if (fault.mode === 'reset') request.socket.destroy()
  else {
    response.writeHead(fault.status ?? 503, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ error: 'broken on purpose' }))
  }
  return true
}

/**
 * The switch's own door: `GET /fault` and `POST /fault` with `{"mode":"503"}` (or `hang`, `reset`, `none`, `delay=250`).
 * It is bound to the loopback address of the pod, so only `kubectl port-forward` and `kubectl exec` reach it, no request
 * of the mesh does. The address is not in use twice: a second program on one machine goes without, and says so.
 */
export async function openFaultDoor(faults: FaultSwitch, address: string): Promise<Server | undefined> {
  const [host, port] = splitAddress(address)
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => {
      if (body.length < 1000) body += chunk
    })
    request.on('end', () => {
      if (request.url !== '/fault') return respond(response, 404, { error: 'only /fault is here' })
      if (request.method === 'GET') return respond(response, 200, faults.current)
      if (request.method !== 'POST') return respond(response, 405, { error: 'GET or POST' })
      const fault = parseFault(modeOf(body))
      if (!fault)
        return respond(response, 400, { error: 'mode is none, hang, reset, delay=MILLISECONDS or a status code' })
      faults.current = fault
      respond(response, 200, fault)
    })
  })
  return new Promise(resolve => {
    server.once('error', error => {
      console.log(`no fault switch at ${address}: ${error.message}`)
      resolve(undefined)
    })
    server.listen(port, host, () => resolve(server))
  })
}

/** The mode in a JSON body, or the body itself: `curl -d 503` does too. */
function modeOf(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed === 'object' && parsed !== null && 'mode' in parsed) return String(parsed.mode)
    return String(parsed)
  } catch {
    return body
  }
}

function splitAddress(address: string): [string, number] {
  const at = address.lastIndexOf(':')
  return [address.slice(0, at) || '127.0.0.1', Number(address.slice(at + 1))]
}

function respond(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(`${JSON.stringify(value)}\n`)
}
