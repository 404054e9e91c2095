import { readFileSync } from 'node:fs'

/** What a runtime is told when it starts: a JSON file named by its first argument. */
export interface Settings {
  readonly node: string
  /** Unix socket the kubelet calls. */
  readonly socket: string
  /** Folder of its memory, on the node's disk. */
  readonly state: string
  /** File that holds the address given last. Not on the disk, which a node without power loses. */
  readonly lastAddress: string
  /** IPv4 block its pods get addresses from. */
  readonly podBlock: string
  /** The kubelet's api.proto. */
  readonly proto: string
  /** The folder boot.sh laid out for all containers. */
  readonly base: string
  /** Where the lab's programs are as JavaScript (`preparePrograms`); the same path inside containers. */
  readonly programs: string
  /** Command lines of the programs by name. */
  readonly programArgv: Readonly<Record<string, readonly string[]>>
  /** Image tables of the user. */
  readonly imageFiles: readonly string[]
  /** The Kubernetes binary, for the stream server. */
  readonly kube: string
  /** Unix socket on which the stream server gives out its URLs, and the loopback port it serves. */
  readonly streamSocket: string
  readonly streamPort: number
  /** A cgroup v2 folder of this node whose children may have limits; absent: memory limits do not hold. */
  readonly cgroup?: string
}

export function readSettings(file: string): Settings {
  return JSON.parse(readFileSync(file, 'utf8')) as Settings
}

/** Where containers find programs, the lab's before the machine's; the stand-ins for missing ones last. */
export const searchPath = (programs: string): string =>
  `/isthmus/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:${programs}/bin`
