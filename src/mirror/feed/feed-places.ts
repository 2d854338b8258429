import { array } from '../../db/pg-array.ts'
import type { Row } from '../users/insert-rows.ts'
import type { ChangeKind } from './change-kind.ts'

/**
 * Maximum positions per row of `change_places`. A reader scans a whole row, so rows must be short; the overhead per row
 * must be small, so they must not be too short.
 */
const positionsOfRow = 64

/** Builds the rows of `change_places` of a transaction: which sets contain a change of a kind about a node. */
export class FeedPlaces {
  readonly #positions = new Map<number, Map<ChangeKind, number[]>>()

  /** Must be called in order of position. Repeated positions count once. */
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
