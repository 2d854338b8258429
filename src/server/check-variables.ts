/** Variables are read by functions that call themselves for each level: what is too deep or too much for them is refused before. */
import { limitExceeded } from './document-limits.ts'

const deepest = 40
/** Enough for 5,000 references of three fields each. */
const mostValues = 30_000

/** Throws what is too much, in plain words. */
export function checkVariables(variables: unknown): void {
  let values = 0
  let level: unknown[] = [variables]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepest) {
      throw limitExceeded(
        { limit: 'variableDepth', max: deepest },
        `The variables are nested more than ${deepest} levels deep, which is the limit.`,
      )
    }
    const below: unknown[] = []
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue
      // Counted before they are gathered: what is too much costs no more than what is just enough.
      for (const key in value) {
        values += 1
        if (values > mostValues) {
          throw limitExceeded(
            { limit: 'variableValues', max: mostValues },
            `The variables hold more than ${mostValues} values, which is the limit.`,
          )
        }
        below.push(Reflect.get(value, key))
      }
    }
    level = below
  }
}
