import type { Overview } from '@isthmus/api'
import { geoGraticule, geoMercator, geoPath } from 'd3-geo'
import { useMemo } from 'react'
import { feature } from 'topojson-client'
import atlas from 'world-atlas/land-50m.json'
import styles from './FlowPicture.module.css'
import { Flows } from './Flows.tsx'
import { type Placed, spreadApart } from './layout.ts'

// The file's type has lists of numbers where a topology has pairs.
const topology = atlas as unknown as Parameters<typeof feature>[0]
const land = feature(topology, 'land')

/** The land around the regions. Regions that are near another are drawn apart, tied to their true places. */
export default function WorldMap({ overview, box }: { overview: Overview; box: { width: number; height: number } }) {
  const places = overview.regions.map(r => [r.region, r.place?.longitude ?? 0, r.place?.latitude ?? 0] as const)
  const key = JSON.stringify(places)
  const drawn = useMemo(() => {
    const points = { type: 'MultiPoint' as const, coordinates: places.map(([, lon, lat]) => [lon, lat]) }
    const margin = { x: Math.min(110, box.width * 0.2), y: 84 }
    const projection = geoMercator()
      .fitExtent(
        [
          [margin.x, margin.y],
          [box.width - margin.x, box.height - margin.y],
        ],
        points,
      )
      .clipExtent([
        [-2, -2],
        [box.width + 2, box.height + 2],
      ])
    // Nearer than this a coastline says nothing any more.
    const scale = Math.min(projection.scale(), 1500)
    if (scale !== projection.scale()) {
      const lons = places.map(([, lon]) => lon)
      const lats = places.map(([, , lat]) => lat)
      projection
        .scale(scale)
        .center([(Math.min(...lons) + Math.max(...lons)) / 2, (Math.min(...lats) + Math.max(...lats)) / 2])
        .translate([box.width / 2, box.height / 2])
    }
    const path = geoPath(projection)
    const anchors = places.map(([, lon, lat]) => {
      const [x, y] = projection([lon, lat]) ?? [box.width / 2, box.height / 2]
      return { x, y }
    })
    const gap = { x: Math.min(270, (box.width - 2 * margin.x) * 0.9), y: 190 }
    const at = spreadApart(anchors, box, gap, { x: Math.min(90, margin.x), top: 52, bottom: 86 })
    return {
      land: path(land) ?? '',
      grid: path(geoGraticule().step([5, 5])()) ?? '',
      placed: places.map(
        ([region], i): Placed => ({ region, at: at[i] ?? { x: 0, y: 0 }, anchor: anchors[i] ?? { x: 0, y: 0 } }),
      ),
    }
  }, [key, box.width, box.height])
  return (
    <>
      <rect width={box.width} height={box.height} className={styles.sea} />
      <path d={drawn.grid} className={styles.grid} />
      <path d={drawn.land} className={styles.land} />
      <Flows overview={overview} placed={drawn.placed} box={box} />
    </>
  )
}
