import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fromOutside, insideDirectory } from './paths.ts'
import type { LabRecord } from './record.ts'

/**
 * Log files by the names people ask for: `inside`, `supervisor`, `control-plane` of the lab itself, and while it runs
 * `cloud/etcd`, `ack-hangzhou/kube-apiserver`, `ack-hangzhou-1/kubelet` and so on, which are on the sandbox's own tmpfs.
 */
export async function logFiles(directory: string, record: LabRecord | undefined): Promise<ReadonlyMap<string, string>> {
  const own = await logsIn(join(directory, 'logs'))
  const files = new Map(own.map(name => [name, join(directory, 'logs', `${name}.log`)]))
  if (!record) return files
  const root = fromOutside(record.sandboxPid, join(insideDirectory, 'world'))
  for (const api of await names(root)) {
    for (const folder of [join(root, api, 'logs'), join(root, api, 'control-plane', 'logs')])
      for (const name of await logsIn(folder)) files.set(`${api}/${name}`, join(folder, `${name}.log`))
    for (const node of await names(join(root, api, 'nodes'))) {
      const folder = join(root, api, 'nodes', node, 'logs')
      for (const name of await logsIn(folder)) files.set(`${node}/${name}`, join(folder, `${name}.log`))
    }
  }
  return files
}

const names = (folder: string) => readdir(folder).catch((): string[] => [])
const logsIn = async (folder: string) =>
  (await names(folder)).filter(file => file.endsWith('.log')).map(file => file.slice(0, -'.log'.length))
