/**
 * A list in pieces. One that was changed in some places shares all other pieces with the one before, so that what was made of a
 * piece can be kept with it. Neither lists nor pieces are ever changed in place.
 */
export type Pieces<T> = readonly (readonly T[])[]

/** Items of a piece at first; of twice as many it becomes two. */
const usual = 64

export function inPieces<T>(items: readonly T[]): Pieces<T> {
  const pieces: T[][] = []
  for (let i = 0; i < items.length; i += usual) pieces.push(items.slice(i, i + usual))
  return pieces
}

/** An item that comes to where it belongs, in the place of its equal where there is one; or one that goes. */
export interface ItemChange<T> {
  readonly item: T
  readonly gone: boolean
}

/** A list in order, with some items changed. Costs the number of pieces, and a piece for each change. */
export function patchedPieces<T>(
  pieces: Pieces<T>,
  changes: Iterable<ItemChange<T>>,
  compare: (a: T, b: T) => number,
): Pieces<T> {
  const result = [...pieces]
  for (const { item, gone } of changes) {
    const at = Math.max(0, firstOf(result, piece => compare(piece[0]!, item) > 0) - 1)
    const piece = result[at] ?? []
    const i = firstOf(piece, other => compare(other, item) >= 0)
    const equal = i < piece.length && compare(piece[i]!, item) === 0
    const after = piece.toSpliced(i, equal ? 1 : 0, ...(gone ? [] : [item]))
    const next = result[at + 1]
    if (after.length < usual / 4 && next && next.length < usual) result.splice(at, 2, [...after, ...next])
    else if (after.length < 2 * usual) result.splice(at, 1, ...(after.length > 0 ? [after] : []))
    else result.splice(at, 1, after.slice(0, usual), after.slice(usual))
  }
  return result
}

/** What is made of pieces, each once, however many lists have it. */
export class PerPiece<I, T> {
  readonly #made = new WeakMap<readonly I[], T>()

  of(piece: readonly I[], make: (piece: readonly I[]) => T): T {
    let made = this.#made.get(piece)
    if (made === undefined) {
      made = make(piece)
      this.#made.set(piece, made)
    }
    return made
  }
}

/** Where the first item is for which the test holds, as it does for all after it. */
export function firstOf<T>(items: readonly T[], test: (item: T) => boolean): number {
  let [from, to] = [0, items.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (test(items[middle]!)) to = middle
    else from = middle + 1
  }
  return from
}
