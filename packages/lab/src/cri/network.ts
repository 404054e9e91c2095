import { existsSync } from 'node:fs'
import { run } from './run.ts'

/** A pod's link to its node: a network namespace and the node's end of a veth pair. */
export interface PodLink {
  readonly netns: string
  /** The node's end; `eth0` is the pod's. */
  readonly device: string
  readonly address: string
  readonly gateway: string
}

export const netnsPath = (netns: string): string => `/run/netns/${netns}`

export function podLink(sandboxId: string, address: string, gateway: string): PodLink {
  const short = sandboxId.slice(0, 10)
  return { netns: `pod-${short}`, device: `v${short}`, address, gateway }
}

/**
 * The commands that make a pod's link, for the node's namespace and then for the pod's. Point to point, so that all
 * traffic of a pod is routed by its node: on a bridge a pod cannot reach itself through its service.
 */
export function linkCommands(link: PodLink): { node: string[]; pod: string[] } {
  const { netns, device, address, gateway } = link
  return {
    node: [
      `netns add ${netns}`,
      `link add ${device} mtu 1500 type veth peer name eth0 netns ${netns}`,
      `addr add ${gateway}/32 dev ${device}`,
      `link set ${device} up`,
      `route add ${address}/32 dev ${device}`,
    ],
    pod: [
      'link set lo up',
      `addr add ${address}/32 dev eth0`,
      'link set eth0 up',
      `route add ${gateway} dev eth0 scope link`,
      `route add default via ${gateway}`,
    ],
  }
}

export async function makeLink(link: PodLink, sysctls: Readonly<Record<string, string>> = {}): Promise<void> {
  const { node, pod } = linkCommands(link)
  // Any user may listen on port 80 in a pod, as with other runtimes.
  const settings = Object.entries({ 'net.ipv4.ip_unprivileged_port_start': '0', ...sysctls })
  const pairs = settings.flatMap(([name, value]) => [name.replaceAll('.', '/'), value])
  const script = 'while [ $# -gt 0 ]; do echo "$2" >"/proc/sys/$1"; shift 2; done; exec ip -batch -'
  try {
    await run(['ip', '-batch', '-'], `${node.join('\n')}\n`)
    const enter = ['nsenter', `--net=${netnsPath(link.netns)}`, 'sh', '-ec', script, 'sh', ...pairs]
    await run(enter, `${pod.join('\n')}\n`)
  } catch (error) {
    await dropLink(link)
    throw error
  }
}

/** Takes a pod's link down; what is gone already is no error. */
export async function dropLink(link: PodLink): Promise<void> {
  if (!existsSync(netnsPath(link.netns))) return
  // The pod's address stops answering at once with its route, whatever still holds the namespace open.
  await run(['ip', '-force', '-batch', '-'], `link del ${link.device}\nnetns del ${link.netns}\n`).catch(() => {})
}
