export interface Point {
  readonly x: number
  readonly y: number
}
export interface Placed {
  readonly region: string
  /** Where it is drawn. */
  readonly at: Point
  /** Where it truly is on the map; absent where there is no map. */
  readonly anchor?: Point
}

/**
 * Moves points apart until each two are `gap` from another, all within the box, and no further from where they began than
 * that needs. The same points give the same picture. Pure.
 */
export function spreadApart(
  points: readonly Point[],
  box: { width: number; height: number },
  gap: Point,
  margin: { x: number; top: number; bottom: number },
): Point[] {
  const at = points.map((p, i) => ({ x: p.x + i * 0.01, y: p.y }))
  for (let round = 0; round < 300; round++) {
    let moved = false
    for (let i = 0; i < at.length; i++)
      for (let j = i + 1; j < at.length; j++) {
        const [a, b] = [at[i] as { x: number; y: number }, at[j] as { x: number; y: number }]
        // Distance in units of the gap, so that wide labels may stand closer above each other than side by side.
        const dx = (b.x - a.x) / gap.x
        const dy = (b.y - a.y) / gap.y
        const distance = Math.hypot(dx, dy) || 0.001
        if (distance >= 0.999) continue
        const push = (1 - distance) / 2
        const [ux, uy] = [dx / distance, dy / distance]
        a.x -= ux * push * gap.x
        a.y -= uy * push * gap.y
        b.x += ux * push * gap.x
        b.y += uy * push * gap.y
        moved = true
      }
    for (const p of at) {
      p.x = Math.min(box.width - margin.x, Math.max(margin.x, p.x))
      p.y = Math.min(box.height - margin.bottom, Math.max(margin.top, p.y))
    }
    if (!moved) break
  }
  return at.map(({ x, y }) => ({ x, y }))
}

/** Regions that are on no map: side by side, or around an ellipse when they are many. Pure. */
export function diagram(regions: readonly string[], box: { width: number; height: number }): Placed[] {
  const [cx, cy] = [box.width / 2, box.height / 2]
  if (regions.length <= 2 && box.width > 480)
    return regions.map((region, i) => ({
      region,
      at: { x: regions.length === 1 ? cx : box.width * (i === 0 ? 0.25 : 0.75), y: cy },
    }))
  const upright = box.width <= 480
  return regions.map((region, i) => {
    const angle = (i / regions.length) * 2 * Math.PI - (upright ? Math.PI / 2 : Math.PI)
    return { region, at: { x: cx + Math.cos(angle) * box.width * 0.32, y: cy + Math.sin(angle) * box.height * 0.32 } }
  })
}
