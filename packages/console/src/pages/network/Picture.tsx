import '@xyflow/react/dist/style.css'
import type { NetworkItem } from '@isthmus/api'
import { useComputedColorScheme } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Background, Controls, type Edge, MarkerType, type Node, Position, ReactFlow } from '@xyflow/react'
import { useTranslation } from 'react-i18next'
import { useRegionColor } from '../../app/Regions.tsx'
import { Loading } from '../../components/Loading.tsx'
import { bits } from '../../format/figures.ts'
import { graphOf, idOf } from './graph.ts'
import { problemOf } from './Items.tsx'
import { place } from './layout.ts'
import styles from './Network.module.css'

/** The network as a picture: places and what joins them, with limits on the lines. */
export default function Picture({ items }: { items: readonly NetworkItem[] }) {
  const { t } = useTranslation()
  const scheme = useComputedColorScheme()
  const color = useRegionColor()
  const graph = graphOf(items)
  const shape = graph.nodes.map(idOf).join() + graph.edges.map(edge => edge.id).join()
  const placed = useQuery({
    queryKey: ['layout', shape],
    queryFn: () => place(graph),
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (!placed.data) return <Loading rows={8} />
  const at = placed.data
  const nodes: Node[] = graph.nodes.map(item => ({
    id: idOf(item),
    position: at.get(idOf(item)) ?? { x: 0, y: 0 },
    sourcePosition: Position.Right,
    targetPosition: Position.Left,
    className: `nopan ${styles.place}`,
    data: {
      label: (
        <div
          className={styles.node}
          data-bad={problemOf(item) ? true : undefined}
          style={item.region ? { borderLeft: `4px solid ${color(item.region)}` } : undefined}
        >
          <div className={styles.kind}>{item.kind}</div>
          {item.name}
          {item.cidr && <div className={styles.kind}>{item.cidr}</div>}
        </div>
      ),
    },
  }))
  const edges: Edge[] = graph.edges.map(({ id, source, target, item }) => ({
    id,
    source,
    target,
    ...(item?.limitBitsPerSecond !== undefined && {
      label: bits(item.limitBitsPerSecond),
      markerEnd: { type: MarkerType.ArrowClosed },
      markerStart: { type: MarkerType.ArrowClosed },
    }),
    ...(item && problemOf(item) && { style: { stroke: 'var(--i-failed)' }, animated: true }),
  }))
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      colorMode={scheme}
      fitView
      minZoom={0.2}
      nodesDraggable={false}
      nodesConnectable={false}
      proOptions={{ hideAttribution: false }}
      aria-label={t('network.picture')}
    >
      <Background />
      <Controls showInteractive={false} />
    </ReactFlow>
  )
}
