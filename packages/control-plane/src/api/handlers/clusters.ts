import { memberAccess, writeMember } from '../../members/request.ts'
import { memberKind } from '../../members/resource.ts'
import type { Handlers } from '../call.ts'
import { pastedKubeconfig } from '../members/pasted-kubeconfig.ts'
import type { ApiParts } from '../parts.ts'
import { ApiError, NotFound } from '../problem.ts'
import { clusterRowsOf } from '../views/clusters.ts'

type Served = Pick<Handlers, 'listClusters' | 'getCluster' | 'addCluster' | 'removeCluster' | 'listKubeconfigContexts'>

export function clusterHandlers(parts: ApiParts): Served {
  const rows = () => clusterRowsOf(parts.mesh(), parts.members?.all() ?? [], parts.proxies())
  const one = (name: string) => {
    const row = rows().find(r => r.name === name)
    if (!row) throw new NotFound(`there is no cluster ${name}`)
    return row
  }
  return {
    listClusters: () => ({ at: parts.clock.now(), clusters: rows() }),
    getCluster: ({ params }) => one(params.cluster),
    async listKubeconfigContexts({ body, caller }) {
      const config = await pastedKubeconfig(parts.yaml, body.kubeconfig, caller.user)
      return {
        contexts: config.contexts.map(name => {
          const privateServer = config.privateServer(name)
          return { name, server: config.access(name).server, ...(privateServer !== undefined && { privateServer }) }
        }),
      }
    },
    async addCluster({ body, caller }) {
      const client = parts.members && parts.objects.clients?.of(caller)
      if (!client) throw new ApiError(422, 'ISM5115', 'adding a cluster')
      const config = await pastedKubeconfig(parts.yaml, body.kubeconfig, caller.user)
      const { name, server, region } = body
      const from = body.context ?? (config.contexts.includes(name) ? name : config.currentContext)
      const request = { name, from, ...(server && { server }), ...(region && { region }) }
      const member = await writeMember(client, memberAccess(config, request), request, parts.clock.now())
      // The control plane hears of it in a moment; until then it is as it was written.
      const others = (parts.members?.all() ?? []).filter(m => m.metadata.name !== name)
      const row = clusterRowsOf(parts.mesh(), [...others, member], parts.proxies()).find(r => r.name === name)
      return row ?? one(name)
    },
    async removeCluster({ params, caller }) {
      const client = parts.objects.clients?.of(caller)
      if (!client) throw new ApiError(422, 'ISM5115', 'removing a cluster')
      const key = { name: params.cluster }
      if (!(await client.delete(memberKind, key))) throw new NotFound(`there is no cluster ${params.cluster}`)
      return {}
    },
  }
}
