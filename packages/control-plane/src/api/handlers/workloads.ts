import { type Deployment, type KubeClient, kinds, type Namespace, type Node, type Pod } from '@isthmus/kubernetes'
import type { Handlers } from '../call.ts'
import { atMember, ifAllowed } from '../members/calls.ts'
import type { ApiParts } from '../parts.ts'
import { ApiError } from '../problem.ts'
import { finder, page } from '../views/page.ts'
import { injectionLabel, namespaceRow, nodeRow, podRow, workloadRow } from '../views/workloads.ts'

type Served = Pick<
  Handlers,
  'listNodes' | 'listNamespaces' | 'setInjection' | 'listWorkloads' | 'scaleWorkload' | 'listPods' | 'getPodLogs'
>

const mostLogBytes = 4 * 1024 * 1024
const scalable = { Deployment: kinds.Deployment, StatefulSet: kinds.StatefulSet } as const

/** What people see and do in member clusters. */
export function workloadHandlers(parts: ApiParts): Served {
  return {
    listNodes: ({ params, caller }) =>
      atMember(parts, caller, params.cluster, 'nodes', async client => {
        const region = parts.mesh().clusters.get(params.cluster)?.region ?? ''
        return { nodes: (await client.list<Node>(kinds.Node)).map(node => nodeRow(node, region)) }
      }),
    listNamespaces: ({ params, caller }) =>
      atMember(parts, caller, params.cluster, 'namespaces', async client => {
        const [namespaces, pods] = await Promise.all([
          client.list<Namespace>(kinds.Namespace),
          client.list<Pod>(kinds.Pod),
        ])
        return { namespaces: namespaces.map(n => namespaceRow(n, pods)) }
      }),
    setInjection: ({ params, body, caller }) =>
      atMember(parts, caller, params.cluster, 'injection', async client => {
        const value = body.injection === 'unset' ? null : body.injection
        const patch = { metadata: { labels: { [injectionLabel]: value } } }
        const key = { name: params.namespace }
        const namespace = await client.patch<Namespace>(kinds.Namespace, key, patch)
        const text = `injection of namespace ${params.namespace} in ${params.cluster} was set to ${body.injection}`
        said(parts, caller.user, params.cluster, text)
        return namespaceRow(namespace, await client.list<Pod>(kinds.Pod, { namespace: params.namespace }))
      }),
    listWorkloads: ({ params, query, caller }) =>
      atMember(parts, caller, params.cluster, 'workloads', async client => {
        const { namespace } = query
        const at = namespace === undefined ? {} : { namespace }
        const lists = await Promise.all([
          client.list<Deployment>(kinds.Deployment, at),
          ifAllowed(client.list<Deployment>(kinds.StatefulSet, at)),
        ])
        const fits = finder(query.search)
        const found = lists
          .flat()
          .map(workloadRow)
          .filter(row => fits(`${row.namespace}/${row.name} ${row.kind}`))
          .sort((a, b) => (`${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1))
        const { rows, ...rest } = page(found, query)
        return { ...rest, workloads: rows }
      }),
    scaleWorkload: ({ params, query, body, caller }) =>
      atMember(parts, caller, params.cluster, 'scale', async client => {
        const kind = scalable[(query.kind ?? 'Deployment') as keyof typeof scalable]
        if (!kind) throw new ApiError(400, 'ISM5101', `kind: ${query.kind} is not one of ${Object.keys(scalable)}`)
        const key = { name: params.name, namespace: params.namespace }
        await client.patch(kind, key, { spec: { replicas: body.replicas } }, { subresource: 'scale' })
        const text = `${params.namespace}/${params.name} in ${params.cluster} was scaled to ${body.replicas}`
        said(parts, caller.user, params.cluster, text)
        return workloadRow(await client.get<Deployment>(kind, key))
      }),
    listPods: ({ params, query, caller }) =>
      atMember(parts, caller, params.cluster, 'pods', async client => {
        const pods = await client.list<Pod>(kinds.Pod, query.namespace ? { namespace: query.namespace } : {})
        const fits = finder(query.search)
        const found = pods
          .filter(pod => query.workload === undefined || isOf(pod, query.workload))
          .map(podRow)
          .filter(row => fits(`${row.namespace}/${row.name} ${row.node} ${row.address}`))
          .sort((a, b) => (`${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1))
        const { rows, ...rest } = page(found, query)
        return { ...rest, pods: rows }
      }),
    getPodLogs: ({ params, query, caller }) =>
      atMember(parts, caller, params.cluster, 'log', async client => {
        const container = query.container ?? (await firstContainer(client, params.namespace, params.pod))
        const lines = query.lines ?? 500
        const path = `/api/v1/namespaces/${encodeURIComponent(params.namespace)}/pods/${encodeURIComponent(params.pod)}/log`
        const asked = { container, tailLines: lines, limitBytes: mostLogBytes, previous: query.previous === true }
        const text = await textOf(client, path, asked)
        const all = text.replace(/\n$/, '').split('\n')
        return {
          container,
          lines: text === '' ? [] : all,
          truncated: all.length >= lines || text.length >= mostLogBytes,
        }
      }),
  }
}

/** Changes in member clusters are the mesh's own account's there: only this says whose they were. */
function said(parts: ApiParts, who: string, cluster: string, text: string): void {
  parts.log.info({ who, cluster }, text)
  const region = parts.mesh().clusters.get(cluster)?.region
  const regions = region ? [region] : []
  parts.note?.({ kind: 'cluster', severity: 'info', text, regions, who })
}

async function firstContainer(client: KubeClient, namespace: string, name: string): Promise<string> {
  const pod = await client.get<Pod>(kinds.Pod, { namespace, name })
  return pod.spec.containers[0]?.name ?? ''
}

async function textOf(client: KubeClient, path: string, query: Record<string, string | number | boolean>) {
  const stream = await client.stream({ path, query, timeoutMs: 15_000, accept: '*/*' })
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/** By the names Kubernetes gives: DEPLOYMENT-HASH-ID, STATEFULSET-N. */
function isOf(pod: Pod, workload: string): boolean {
  const { name } = pod.metadata
  return name.startsWith(`${workload}-`) && /^-([a-z0-9]{1,10}-[a-z0-9]{5}|\d+)$/.test(name.slice(workload.length))
}
