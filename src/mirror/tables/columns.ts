/** What the columns of all tables are made of. */
import { sql } from 'drizzle-orm'
import { bigint, pgSequence, text, timestamp } from 'drizzle-orm/pg-core'

/** What search compares (see migrate.ts for the function): without accents and case. Postgres keeps it. */
export const searchKey = (expression: string) =>
  text('search_key').generatedAlwaysAs(sql.raw(`search_key(${expression})`))

export const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 6, mode: 'string' })

export const id = (name: string) => bigint(name, { mode: 'number' })

export const nodeIds = pgSequence('node_ids')
