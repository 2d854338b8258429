import { array } from '../../db/pg-array.ts'
import type { Row } from '../users/insert-rows.ts'
import type { ChangeKind } from './change-kind.ts'

/**
 * Maximum positions per row of `change_places`. A reader scans a whole row, so rows must be short; the overhead per row
 * must be small, so they must not be too short.
 */
const positionsOfRow = 64

/** Successive sets, all inside or all outside the baseline. */
interface Run {
  readonly baseline: boolean
  readonly positions: number[]
}

/** Builds the rows of `change_places` of a transaction: which sets contain a change of a kind about a node. */
export class FeedPlaces {
  readonly #positions = new Map<number, Map<ChangeKind, Run[]>>()

  /** Must be called in order of position. Repeated positions count once. */
  add(nodeId: number, kind: ChangeKind, position: number, baseline: boolean): void {
    const ofNode = this.#positions.get(nodeId) ?? new Map<ChangeKind, Run[]>()
    const runs = ofNode.get(kind) ?? []
    const last = runs.at(-1)
    if (last?.baseline !== baseline) runs.push({ baseline, positions: [position] })
    else if (last.positions.at(-1) !== position) last.positions.push(position)
    this.#positions.set(nodeId, ofNode.set(kind, runs))
  }

  rows(): Row<'changePlaces'>[] {
    return [...this.#positions].flatMap(([node_id, ofNode]) =>
      [...ofNode].flatMap(([kind, runs]) =>
        runs.flatMap(({ baseline, positions }) =>
          chunksOf(positions).map((chunk) => ({
            node_id,
            kind,
            last_position: chunk.at(-1) as number,
            positions: array(chunk),
            baseline,
          })),
        ),
      ),
    )
  }
}

function chunksOf(positions: readonly number[]): (readonly number[])[] {
  if (positions.length <= positionsOfRow) return [positions]
  const chunks = Math.ceil(positions.length / positionsOfRow)
  return Array.from({ length: chunks }, (_, i) => positions.slice(i * positionsOfRow, (i + 1) * positionsOfRow))
}
