import { run } from '../cri/run.ts'

const table = 'isthmus-power'

/**
 * Cuts a node's network: a machine without power answers nothing, while its namespace, which stands for the cable and
 * the address, stays. Its own kernel would go on answering pings otherwise.
 */
export async function cutNetwork(netns: string): Promise<void> {
  const chain = (hook: string) =>
    `add chain inet ${table} ${hook} { type filter hook ${hook} priority -400; policy drop; }`
  const rules = [`add table inet ${table}`, chain('prerouting'), chain('output'), ''].join('\n')
  await run(['nsenter', `--net=/run/netns/${netns}`, 'nft', '-f', '-'], rules)
}

export async function restoreNetwork(netns: string): Promise<void> {
  const rules = `add table inet ${table}\ndelete table inet ${table}\n`
  await run(['nsenter', `--net=/run/netns/${netns}`, 'nft', '-f', '-'], rules)
}
