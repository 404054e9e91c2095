import type { ElkNode } from 'elkjs/lib/elk-api'
import { type Graph, idOf } from './graph.ts'

const size = { width: 200, height: 64 }

/** Where each place stands, in layers from left to right. The layout runs in a worker. */
export async function place(graph: Graph): Promise<ReadonlyMap<string, { x: number; y: number }>> {
  const { default: Elk } = await import('elkjs/lib/elk-api.js')
  const { default: workerUrl } = await import('elkjs/lib/elk-worker.min.js?url')
  const elk = new Elk({ workerFactory: () => new Worker(workerUrl) })
  try {
    const laid: ElkNode = await elk.layout({
      id: 'root',
      layoutOptions: {
        'elk.algorithm': 'layered',
        'elk.direction': 'RIGHT',
        'elk.layered.spacing.nodeNodeBetweenLayers': '90',
        'elk.spacing.nodeNode': '18',
      },
      children: graph.nodes.map(item => ({ id: idOf(item), ...size })),
      edges: graph.edges.map(({ id, source, target }) => ({ id, sources: [source], targets: [target] })),
    })
    return new Map((laid.children ?? []).map(child => [child.id, { x: child.x ?? 0, y: child.y ?? 0 }]))
  } finally {
    elk.terminateWorker()
  }
}
