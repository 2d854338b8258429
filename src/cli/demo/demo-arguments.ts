import { parseArgs } from 'node:util'
import { demoUsage } from '../usage.ts'

/** The default WEBHOOK_ALLOWED_NETWORKS. */
export const demoNetworks = '127.0.0.0/8,::1/128'

/** The API of the vendor that the demo simulates. */
export type Api = 'v1' | 'v2'

/** The default DATA_DIR. One for each API, which identify accounts differently. Commands beside a demo find it there. */
export const demoFolders: Readonly<Record<Api, string>> = { v2: '.data/demo', v1: '.data/demo-v1' }

/** The arguments of `demo` are invalid. */
export class DemoUsageError extends Error {
  override readonly name = 'DemoUsageError'

  constructor(problem: string) {
    super(`${problem}\n\n${demoUsage}`)
  }
}

export function apiOf(args: readonly string[]): Api {
  const options = { api: { type: 'string', default: 'v2' } } as const
  let values: { readonly api: string }
  try {
    values = parseArgs({ args: [...args], options }).values
  } catch {
    throw new DemoUsageError('The arguments are not known; expected --api v1, --api v2 or none.')
  }
  if (values.api !== 'v1' && values.api !== 'v2') throw new DemoUsageError('--api must be v1 or v2.')
  return values.api
}
