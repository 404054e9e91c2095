import { connect, createServer, type Server, type Socket } from 'node:net'

/** Where a forward goes, asked for each connection: in order of preference. Empty: nobody is there. */
export type Targets = () => readonly Target[]

/** A place inside the sandbox: an address, or a unix socket. */
export type Target = { readonly host: string; readonly port: number } | { readonly path: string }

/** What comes first when a target has accepted. */
export const accepted = '+'

/**
 * The inside end: a stream's first line names a registered forward, the rest is its bytes; `+` and the target's
 * bytes come back, or nothing. A target that refuses or does
 * not answer in time gives way to the next.
 */
export function startRelay(path: string, find: (forward: string) => Targets | undefined): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, socket => {
    socket.on('error', () => {})
    readName(socket, async name => {
      const targets = find(name)?.() ?? []
      for (const target of targets) {
        const peer = await dialTarget(target)
        if (peer) {
          socket.write(accepted)
          return join(socket, peer)
        }
      }
      refuse(socket)
    })
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => resolve(server))
  })
}

function readName(socket: Socket, then: (name: string) => void) {
  let head = Buffer.alloc(0)
  const read = (data: Buffer) => {
    head = Buffer.concat([head, data])
    const end = head.indexOf(10)
    if (end < 0 && head.length < 256) return
    socket.off('data', read)
    socket.pause()
    if (end < 0) return void socket.destroy()
    if (head.length > end + 1) socket.unshift(head.subarray(end + 1))
    then(head.subarray(0, end).toString())
  }
  socket.on('data', read)
}

/** Milliseconds a target has to accept; the same machine does at once, a dead node never. */
const patience = 1500

/** A connection, or nothing when it is refused or takes too long. */
export function dialTarget(target: Target): Promise<Socket | undefined> {
  return new Promise(resolve => {
    const peer = connect({ ...target, allowHalfOpen: true, noDelay: true })
    const timer = setTimeout(() => done(undefined), patience)
    const done = (result: Socket | undefined) => {
      clearTimeout(timer)
      if (!result) peer.destroy()
      resolve(result)
    }
    peer.once('connect', () => done(peer))
    peer.once('error', () => done(undefined))
  })
}

/** Pipes both ways; half-closed stays half-closed, and a reset or an error of one end resets the other. */
export function join(a: Socket, b: Socket): void {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.pipe(to)
    from.on('error', () => refuse(to))
    from.on('close', () => to.destroySoon())
  }
}

function refuse(socket: Socket) {
  // Over TCP the client sees a reset, as from a port where nobody listens; unix sockets only close.
  if (socket.remoteAddress) socket.resetAndDestroy()
  else socket.destroy()
}
