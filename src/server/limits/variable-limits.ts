/** Recursive functions read the variables, so variables that are too deep or too many are rejected first. */
import { limitExceeded } from './document-limits.ts'

const deepest = 40
/** Enough for 5,000 references with three fields each. */
const mostValues = 30_000

/** Throws an error that names the exceeded limit. */
export function checkVariables(variables: unknown): void {
  let values = 0
  let level: unknown[] = [variables]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepest) {
      throw limitExceeded(
        { limit: 'variableDepth', max: deepest },
        `The variables exceed the limit of ${deepest} levels of nesting.`,
      )
    }
    const below: unknown[] = []
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue
      // Counts before collecting, so that input over the limit costs no more than input at the limit.
      for (const key in value) {
        values += 1
        if (values > mostValues) {
          throw limitExceeded(
            { limit: 'variableValues', max: mostValues },
            `The variables exceed the limit of ${mostValues} values.`,
          )
        }
        below.push(Reflect.get(value, key))
      }
    }
    level = below
  }
}
