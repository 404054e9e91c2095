import type { ListenRequest } from '../sandbox/listeners.ts'
import type { Targets } from '../sandbox/relay.ts'

/** What the world asks of the machine outside its sandbox: ports on its loopback, and to say how it goes. */
export interface Host {
  /** Opens a port outside that leads to the targets; opening the same forward again replaces it. */
  open(request: ListenRequest & { readonly targets: Targets }): Promise<{ port: number }>
  close(forward: string): Promise<void>
  /** One line for the person who waits. */
  progress(message: string): void
}

/** The folders a world uses. */
export interface Folders {
  /** On the sandbox's own tmpfs: keys, databases, sockets. */
  readonly inside: string
  /** On the host, for people: logs and the kubeconfig. */
  readonly lab: string
}
