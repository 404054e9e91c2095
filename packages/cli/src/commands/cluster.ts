import { memberAccess, writeMember } from '@isthmus/control-plane/members/request.ts'
import { type MemberCluster, memberFinalizer, memberKind } from '@isthmus/control-plane/members/resource.ts'
import { IsthmusError } from '@isthmus/errors'
import { type Condition, type KubeClient, loadKubeconfig } from '@isthmus/kubernetes'
import type { Command } from 'commander'
import pc from 'picocolors'
import { listText } from '../cluster/list.ts'
import { waitForMember } from '../cluster/wait.ts'
import { type MeshOptions, withMesh } from '../mesh-api.ts'
import { print } from '../output.ts'

interface AddFlags {
  context?: string
  meshContext: string
  kubeconfig?: string
  server?: string
  region?: string
  network?: string
  timeout: string
  wait: boolean
}

/** `isthmus cluster`: the clusters of the mesh. Writes MemberCluster objects; kubectl can do all of it too. */
export function register(parent: Command): void {
  const cluster = parent.command('cluster').description('Member clusters: add, list, remove.')

  mesh(cluster.command('add').argument('<name>', 'name of the cluster in the mesh'))
    .description(
      'Add a cluster, or try again to: says what is wrong and what mends it. A cluster that failed stays listed and is tried on.',
    )
    .option('--context <name>', 'context of the kubeconfig that reaches the cluster as an admin (default: the name)')
    .option('--server <url>', "the cluster's API as the mesh reaches it, where the kubeconfig has another address")
    .option('--region <name>', 'region of nodes without a topology.kubernetes.io/region label')
    .option('--network <name>', 'clusters of one network reach each other’s pods')
    .option('--timeout <seconds>', 'how long to wait for an answer', '60')
    .option('--no-wait', 'only ask for it')
    .action((name: string, options: AddFlags) => add(name, options))

  mesh(cluster.command('list'))
    .description('Every member cluster, with the age of the last word from its API.')
    .option('-o, --output <format>', 'json or yaml')
    .action((options: { meshContext: string; kubeconfig?: string; output?: string }) =>
      withMesh(of(options), async client => {
        const members = await client.list<MemberCluster>(memberKind)
        if (options.output) print(members, options.output)
        else console.log(listText(members, Date.now()))
      }),
    )

  mesh(cluster.command('remove').argument('<name>', 'name of the cluster in the mesh'))
    .description('Remove a cluster, and what the mesh made in it.')
    .option('--force', 'also where the cluster cannot be reached: what the mesh made there stays')
    .option('--timeout <seconds>', 'how long to wait', '60')
    .action((name: string, options: { meshContext: string; kubeconfig?: string; force?: boolean; timeout: string }) =>
      withMesh(of(options), client => remove(client, name, options.force === true, seconds(options.timeout))),
    )
}

function mesh(command: Command): Command {
  return command
    .option('--kubeconfig <file>', 'default: KUBECONFIG, or ~/.kube/config')
    .option('--mesh-context <name>', 'context of the mesh API', 'mesh')
}

function of(options: { meshContext: string; kubeconfig?: string }): MeshOptions {
  return { context: options.meshContext, kubeconfig: options.kubeconfig }
}

async function add(name: string, flags: AddFlags): Promise<void> {
  const { server, region, network, context: from } = flags
  const request = { name, from, server, region, network }
  const access = memberAccess(flags.kubeconfig ? loadKubeconfig([flags.kubeconfig]) : loadKubeconfig(), request)
  await withMesh(of(flags), async client => {
    const written = await writeMember(client, access, request, Date.now())
    if (!flags.wait) return console.log(`${name}: asked for; watch it with isthmus cluster list`)
    console.log(`${name}: joining through ${access.server}`)
    const member = await waitForMember(client, {
      name,
      generation: written.metadata.generation ?? 0,
      timeoutMs: seconds(flags.timeout),
      onCondition: condition => console.log(conditionText(condition)),
    })
    const { nodes, regions, version } = member.status ?? {}
    const where = regions?.length ? regions.join(', ') : region
    console.log(`${name} is a member: ${nodes} nodes in ${where}, Kubernetes ${version}`)
  })
}

function conditionText({ type, status, message }: Condition): string {
  const good = status === 'True'
  return `  ${good ? pc.green('✓') : pc.red('✗')} ${type}${good && message ? pc.dim(`  ${message}`) : ''}`
}

async function remove(client: KubeClient, name: string, force: boolean, timeoutMs: number): Promise<void> {
  if (!(await client.delete(memberKind, { name }))) throw new IsthmusError('ISM4013', name)
  const end = Date.now() + timeoutMs
  for (;;) {
    const member = await client.find<MemberCluster>(memberKind, { name })
    if (!member) return console.log(`${name} is no longer a member`)
    const ready = member.status?.conditions?.find(c => c.type === 'Ready')
    const stuck = /cannot be taken away/.test(ready?.message ?? '')
    if (force && (stuck || Date.now() > end)) {
      const finalizers = (member.metadata.finalizers ?? []).filter(f => f !== memberFinalizer)
      await client.patch(memberKind, { name }, { metadata: { finalizers } })
      continue
    }
    if (stuck || Date.now() > end)
      throw new IsthmusError('ISM4016', `${name}: ${ready?.message || 'no answer from the control plane'}`)
    await new Promise(resolve => setTimeout(resolve, 250))
  }
}

function seconds(text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new IsthmusError('ISM4017', `"${text}"`)
  return value * 1000
}
