/** A set of measurements of one thing. */
export interface Spread {
  readonly n: number
  readonly least: number
  readonly p50: number
  readonly p99: number
  readonly most: number
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (q: number) => sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN
  return { n: sorted.length, least: at(0), p50: at(0.5), p99: at(0.99), most: at(1) }
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Least-squares line through points. */
export function lineThrough(points: readonly (readonly [number, number])[]): {
  readonly at0: number
  readonly slope: number
} {
  const [mx, my] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))]
  const slope =
    points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0)
  return { at0: my - slope * mx, slope }
}
