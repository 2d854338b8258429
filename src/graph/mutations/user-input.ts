/** The input fields of everything about a user that a write can set, once for creating and updating. */
import type { builder } from '../builder.ts'
import { UserStatus } from '../user/user.ts'

export type InputFields =
  typeof builder extends PothosSchemaTypes.SchemaBuilder<infer Types>
    ? PothosSchemaTypes.InputFieldBuilder<Types, 'InputObject'>
    : never

export const unknownRoles =
  'Sent in the spelling that the organization has, regardless of the letter case of the input. A name that no user of the ' +
  'organization has had is rejected unless `allowUnknownRole` is true.'

export const allowUnknownRole = {
  defaultValue: false,
  description:
    'Whether roles may be granted that the mirror has never seen in the organization. Defaults to false, because the ' +
    'vendor may accept a misspelt name. Roles are not checked before the mirror has read any.',
} as const

/** `ofPatch`: in a patch, null removes the value; for a new user, null equals an omitted field. */
export function writableInputFields(t: InputFields, ofPatch: boolean) {
  const removed = ofPatch ? ' Null removes it.' : ''
  return {
    firstName: t.string({ description: `The first name. Must not be empty; at most 256 characters.${removed}` }),
    lastName: t.string({ description: `The last name. Must not be empty; at most 256 characters.${removed}` }),
    mailboxSize: t.int({ description: 'The mailbox size in MB. Must be 0 or greater.' }),
    spamPolicy: t.field({
      type: 'JSON',
      description:
        `The spam policy, an object in the vendor's format.${ofPatch ? ' Replaces the whole policy.' : ''} At most ` +
        '65,536 characters of JSON and 32 levels deep.',
    }),
    status: t.field({ type: UserStatus, description: 'Whether the account is active.' }),
  }
}
