import type { Refusal } from '../mirror/refusal.ts'

/** Why a pull broke off. Postgres' own message is left out: it may quote what was to be stored. */
export function storageRefused(what: string, { code }: Refusal): string {
  return `The pull broke off: Postgres refuses to store ${what} (error ${code}); the log says of which table. The next pull begins anew`
}
