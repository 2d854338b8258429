import { GraphQLError } from 'graphql'
import type { GraphContext } from '../context.ts'
import { numericKey, parseGlobalId } from '../core/global-id.ts'
import { visibleTo } from '../core/tenant-visibility.ts'

/**
 * Returns the key of an operation by its global ID. Throws bad input for an invalid ID, and NOT_FOUND if the operation
 * does not exist or is not visible to the caller.
 */
export async function knownOperation(context: GraphContext, id: string): Promise<number> {
  const key = numericKey(parseGlobalId(id, ['Operation']))
  const found = await context.drizzle.query.operations.findFirst({
    columns: { id: true },
    where: { id: key, ...visibleTo(context) },
  })
  if (found) return key
  throw new GraphQLError('No operation has this ID', { extensions: { code: 'NOT_FOUND' } })
}
