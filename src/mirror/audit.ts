/** Who wrote what, and who was refused. Rows are added and completed, never changed otherwise. */
import type { Sql } from './database.ts'

export interface AuditEntry {
  /** The token's name. */
  readonly viewer: string
  readonly action: string
  /** The slug that the caller named. */
  readonly organization?: string | undefined
}

export interface Audit {
  /** Puts a write down before it is done; the function given back completes the row with what came of it. */
  beginWrite(entry: AuditEntry): Promise<(outcome: string) => Promise<void>>
  recordRefusal(entry: AuditEntry, code: string): Promise<void>
}

export function openAudit(sql: Sql): Audit {
  const add = async (
    kind: 'WRITE' | 'REFUSAL',
    { viewer, action, organization }: AuditEntry,
    outcome: string | null,
  ) => {
    const [row] = await sql<{ id: number }[]>`
      insert into audit_log (kind, viewer, action, organization, outcome)
      values (${kind}, ${viewer}, ${action}, ${organization ?? null}, ${outcome}) returning id`
    return row?.id ?? 0
  }
  return {
    async beginWrite(entry) {
      const id = await add('WRITE', entry, null)
      return async (outcome) => {
        await sql`update audit_log set outcome = ${outcome} where id = ${id} and outcome is null`
      }
    },
    async recordRefusal(entry, code) {
      await add('REFUSAL', entry, code)
    },
  }
}
