/**
 * No field of the API tells a caller's scopes: a query that needs the scope shows whether the token has it. The answer is
 * kept for the session, because every rejection is written to the audit.
 */
import { RequestError } from '../data/request.ts'

type Scope = 'write' | 'admin'

const keyOf = (scope: Scope) => `has ${scope}`

export async function readRight(scope: Scope, ask: () => Promise<unknown>): Promise<boolean> {
  const known = sessionStorage.getItem(keyOf(scope))
  if (known !== null) return known === 'yes'
  const has = await ask().then(
    () => true,
    (error: unknown) => {
      if (error instanceof RequestError && error.code === 'FORBIDDEN') return false
      throw error
    },
  )
  sessionStorage.setItem(keyOf(scope), has ? 'yes' : 'no')
  return has
}

export function forgetRights(): void {
  sessionStorage.removeItem(keyOf('write'))
  sessionStorage.removeItem(keyOf('admin'))
}
