import { GraphQLError } from 'graphql'
import type { GraphContext } from './context.ts'
import { numericKey, parseGlobalId } from './global-id.ts'
import { visibleTo } from './visible.ts'

/** The key of the operation that the global id names. Throws bad input where it names none, NOT_FOUND where there is none for the caller. */
export async function knownOperation(context: GraphContext, id: string): Promise<number> {
  const key = numericKey(parseGlobalId(id, ['Operation']))
  const found = await context.drizzle.query.operations.findFirst({
    columns: { id: true },
    where: { id: key, ...visibleTo(context) },
  })
  if (found) return key
  throw new GraphQLError('There is no operation with this id', { extensions: { code: 'NOT_FOUND' } })
}
