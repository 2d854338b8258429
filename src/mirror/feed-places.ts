import { array } from './array.ts'
import type { ChangeKind } from './change-kind.ts'
import type { Row } from './insert-rows.ts'

/** So many in a row of `change_places`: a reader goes through all of one, and there is to be little besides them. */
const positionsOfRow = 64

/** Which sets of a transaction hold a change of a kind about a node: the rows of `change_places`. */
export class FeedPlaces {
  readonly #positions = new Map<number, Map<ChangeKind, number[]>>()

  /** To be called in the order of positions; the same place again counts once. */
  add(nodeId: number, kind: ChangeKind, position: number): void {
    const ofNode = this.#positions.get(nodeId) ?? new Map<ChangeKind, number[]>()
    const positions = ofNode.get(kind) ?? []
    if (positions.at(-1) !== position) positions.push(position)
    this.#positions.set(nodeId, ofNode.set(kind, positions))
  }

  rows(): Row<'changePlaces'>[] {
    return [...this.#positions].flatMap(([node_id, ofNode]) =>
      [...ofNode].flatMap(([kind, positions]) =>
        chunksOf(positions).map((chunk) => ({
          node_id,
          kind,
          last_position: chunk.at(-1) as number,
          positions: array(chunk),
        })),
      ),
    )
  }
}

function chunksOf(positions: readonly number[]): (readonly number[])[] {
  if (positions.length <= positionsOfRow) return [positions]
  const chunks = Math.ceil(positions.length / positionsOfRow)
  return Array.from({ length: chunks }, (_, i) => positions.slice(i * positionsOfRow, (i + 1) * positionsOfRow))
}
