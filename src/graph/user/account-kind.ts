/** What only some connections tell of an account: its kind, whether it is billed, and its lists of senders. */
import { type SQL, sql } from 'drizzle-orm'
import { users } from '../../db/schema/tables.ts'
import { one } from '../../planner/read.ts'
import { builder } from '../builder.ts'
import { User } from './user.ts'

type Users = typeof users

export const AccountKind = builder.enumType('AccountKind', {
  description:
    "The vendor's kind of an account. It decides what the account may administer, and whether it can sign in.",
  values: {
    OEM_PARTNER_ADMIN: { description: 'Administers an OEM partner and the organizations below it.' },
    STRATEGIC_PARTNER_ADMIN: { description: 'Administers a strategic partner and the organizations below it.' },
    CHANNEL_ADMIN: { description: 'Administers a channel partner and its customers.' },
    ORGANIZATION_ADMIN: { description: 'Administers the organization.' },
    END_USER: { description: 'A person who can sign in.' },
    SILENT_USER: { description: 'A person who does not sign in, and works with digests only.' },
    FUNCTIONAL_ACCOUNT: { description: 'An address that belongs to no person: it receives mail and is not billed.' },
    OTHER: { description: "Another kind. The name of the user's role is the vendor's word for it." },
  },
})

const known = [
  'OEM_PARTNER_ADMIN',
  'STRATEGIC_PARTNER_ADMIN',
  'CHANNEL_ADMIN',
  'ORGANIZATION_ADMIN',
  'END_USER',
  'SILENT_USER',
  'FUNCTIONAL_ACCOUNT',
]
const knownKinds = sql.raw(`array[${known.map((kind) => `'${kind}'`).join(', ')}]`)

/** Null if the kind is unknown. */
export function kindOf({ accountKind }: Users): SQL {
  return sql`case when ${accountKind} <> all(${knownKinds}) then 'OTHER' else ${accountKind} end`
}

const SenderLists = builder.objectRef<object>('SenderLists').implement({
  description: "A user's own lists of senders: addresses and domains, as the vendor has them.",
  fields: (t) => ({
    safe: t.stringList({
      description: 'Senders whose messages are delivered without a check for spam.',
      sql: (row: Users) => senders(row, 'safe'),
    }),
    blocked: t.stringList({
      description: 'Senders whose messages are never delivered.',
      sql: (row: Users) => senders(row, 'blocked'),
    }),
  }),
})

function senders({ senderLists }: Users, list: 'safe' | 'blocked'): SQL {
  return sql`array(select jsonb_array_elements_text(${senderLists} -> ${sql.raw(`'${list}'`)}))`
}

builder.objectFields(User, (t) => ({
  accountKind: t.field({
    type: AccountKind,
    nullable: true,
    description: 'The kind of the account. Null if the connection does not tell it.',
    sql: kindOf,
  }),
  billable: t.boolean({
    nullable: true,
    description: 'Whether the vendor bills the account. Null if the connection does not tell it.',
    sql: (row: Users) => row.billable,
  }),
  senderLists: t.field({
    type: SenderLists,
    nullable: true,
    description: "The user's own lists of senders. Null if the connection does not tell them.",
    sql: one({
      table: users,
      where: (row: Users, user: Users) => sql`${row.id} = ${user.id} and ${row.senderLists} is not null`,
    }),
  }),
}))
