import { desc, sql } from 'drizzle-orm'
import { addressKey } from '../../addresses/address-key.ts'
import { users } from '../../db/schema/tables.ts'
import { given, type Value } from '../../planner/given.ts'
import { list, one, same } from '../../planner/read.ts'
import { builder, Node } from '../builder.ts'
import { costs, fewItems } from '../core/cost.ts'
import { isAlive } from '../core/current-rows.ts'
import { shownToWriters } from '../core/field-policy.ts'
import { globalId } from '../core/global-id.ts'
import { nodeRows } from '../core/node.ts'
import { belongsTo, checkOneIsMeant } from '../core/organization-argument.ts'
import { Organization, organizationArg, organizationOfRow } from '../organization/organization.ts'
import { Freshness } from './freshness.ts'

export const UserType = builder.enumType('UserType', {
  description: 'The type of an account, as reported by the vendor.',
  values: {
    USER: { description: 'A regular account.' },
    ALIAS: { description: 'An account that the vendor treats as an alias of another account.' },
  },
})

export const UserStatus = builder.enumType('UserStatus', {
  description: 'The status of an account.',
  values: {
    ACTIVE: { description: 'The account is active.' },
    INACTIVE: { description: 'The account is deactivated.' },
  },
})

type Users = typeof users

/** The characters that JavaScript trims. */
const spaces = sql.raw(
  String.raw`E' \t\n\u000b\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff'`,
)
/** A name whose first character is one of these is not blank, which is faster to see than to trim it. */
const startsVisibly = (name: Users['firstName']) => sql`ascii(${name}) between 33 and 159`
const isBlank = (name: Users['firstName']) =>
  sql`(${startsVisibly(name)}) is not true and btrim(coalesce(${name}, ''), ${spaces}) = ''`

const displayName = ({ primaryEmail, firstName, lastName }: Users) => sql`case
  when ${isBlank(firstName)} then case when ${isBlank(lastName)} then ${primaryEmail} else ${lastName} end
  when ${isBlank(lastName)} then ${firstName}
  else ${firstName} || ' ' || ${lastName} end`

export const User = builder.objectRef<object>('User').implement({
  extensions: {
    ...shownToWriters('id', 'primaryEmail'),
    ...nodeRows('User', users, { named: (row, key) => sql`${row.addressKey} = ${key} and ${isAlive(row)}` }),
  },
  description:
    'A user account at the vendor. Deleted accounts remain as tombstones. An account that is re-created at ' +
    'the same address is a new user with its own ID.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({
      description: 'The global ID of the account. An account that is deleted and re-created gets a new ID.',
      sql: (row: Users) => globalId('User', row.id),
    }),
    organization: t.field({
      type: Organization,
      description: 'The organization that the account belongs to.',
      sql: organizationOfRow,
    }),
    primaryEmail: t.field({
      type: 'EmailAddress',
      description: 'The primary address, which identifies the account at the vendor, as the vendor spells it.',
      sql: (row: Users) => row.primaryEmail,
    }),
    firstName: t.string({
      nullable: true,
      description: 'The first name. Null if the vendor reports none.',
      sql: (row: Users) => row.firstName,
    }),
    lastName: t.string({
      nullable: true,
      description: 'The last name. Null if the vendor reports none.',
      sql: (row: Users) => row.lastName,
    }),
    displayName: t.string({
      description: 'First and last name, or the one of them that is known. The primary address if neither is known.',
      sql: displayName,
    }),
    type: t.field({
      type: UserType,
      nullable: true,
      description:
        'The type of the account. Null if the vendor has never reported it, or reports an unrecognized value.',
      sql: (row: Users) => row.type,
    }),
    status: t.field({
      type: UserStatus,
      nullable: true,
      description:
        'The status of the account. Null if the vendor does not report it, or reports an unrecognized value.',
      sql: (row: Users) => row.status,
    }),
    mailboxSize: t.int({
      nullable: true,
      description: 'The mailbox size in MB. Null if the vendor reports none.',
      sql: (row: Users) => row.mailboxSize,
    }),
    spamPolicy: t.field({
      type: 'JSON',
      nullable: true,
      description: "The spam policy, in the vendor's format. Null if the vendor reports none.",
      sql: (row: Users) => row.spamPolicy,
    }),
    createdAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the account was created, as reported by the vendor. Null if the vendor does not report it.',
      sql: (row: Users) => row.createdAt,
    }),
    updatedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When the account was last changed, as reported by the vendor. Null if the vendor does not report it.',
      sql: (row: Users) => row.updatedAt,
    }),
    freshness: t.field({
      type: Freshness,
      description: "The maximum age of the user's values.",
      sql: same(),
    }),
    deletedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the mirror observed that the account was deleted. Null for a live user.',
      sql: (row: Users) => row.deletedAt,
    }),
  }),
})

builder.objectField(User, 'previousLives', (t) =>
  t.field({
    type: [User],
    description: 'Earlier accounts with the same primary address, newest first.',
    extensions: costs({ size: fewItems }),
    sql: list({
      table: users,
      where: (life: Users, row: Users) =>
        sql`${life.organizationId} = ${row.organizationId} and ${life.addressKey} = ${row.addressKey}
          and ${life.deletedAt} is not null and ${life.id} < ${row.id}`,
      orderBy: (life) => [desc(life.id)],
    }),
  }),
)

builder.queryField('user', (t) =>
  t.field({
    type: User,
    nullable: true,
    description: 'A live user by primary address. Null if there is none.',
    args: {
      primaryEmail: t.arg({
        type: 'EmailAddress',
        required: true,
        description: 'The primary address. Case-insensitive.',
      }),
      ...organizationArg,
    },
    sql: one({
      table: users,
      where: (
        row: Users,
        _root: unknown,
        { primaryEmail, organization }: { primaryEmail: Value<string>; organization?: Value<string> | null },
        env,
      ) =>
        sql`${row.addressKey} = ${given(primaryEmail).map(addressKey)}::text and ${isAlive(row)}
          and ${belongsTo(env, row.organizationId, organization)}`,
    }),
    check: ({ organization }, context) => checkOneIsMeant(context, organization),
  }),
)
