/**
 * The inputs of writes, in the mirror's terms. Null equals an omitted field, except in a patch, where it clears the
 * value.
 */
import { z } from 'zod'
import type { Profile, WritableField } from '../mirror/users/profile.ts'

type WritableProfile = { readonly [Field in WritableField]?: Profile[Field] | undefined }

const writableProfile = {
  firstName: z.string().nullish(),
  lastName: z.string().nullish(),
  mailboxSize: z.number().nullish(),
  spamPolicy: z.unknown().optional(),
  status: z.enum(['ACTIVE', 'INACTIVE']).nullish(),
} satisfies { [Field in WritableField]: z.ZodType<Profile[Field] | undefined> }

export const createUserInput = z
  .object({
    ...writableProfile,
    primaryEmail: z.string(),
    type: z.enum(['USER', 'ALIAS']).nullish(),
    password: z.string().nullish(),
    roles: z.array(z.string()).readonly().nullish(),
    aliases: z.array(z.string()).readonly().nullish(),
    /** The vendor's group ids. */
    groups: z.array(z.string()).readonly().nullish(),
    sendWelcomeEmail: z.boolean().nullish(),
    allowUnknownRole: z.boolean().nullish(),
  })
  .readonly()

export type CreateUserInput = z.infer<typeof createUserInput>

/** Removes nulls from the input, so that equal inputs compare as equal. */
export function normalizeInput({ primaryEmail, type, allowUnknownRole, sendWelcomeEmail, ...rest }: CreateUserInput) {
  const said: Omit<CreateUserInput, 'primaryEmail' | 'type' | 'allowUnknownRole' | 'sendWelcomeEmail'> =
    Object.fromEntries(Object.entries(rest).filter(([, value]) => value != null))
  return {
    primaryEmail,
    type: type ?? 'USER',
    ...said,
    ...allowing({ allowUnknownRole }),
    ...(sendWelcomeEmail && { sendWelcomeEmail }),
  }
}

/** False equals an omitted field. Keys of requests from before the field existed therefore stay valid. */
export function allowing({ allowUnknownRole }: { readonly allowUnknownRole?: boolean | null | undefined }) {
  return allowUnknownRole ? { allowUnknownRole } : {}
}

export interface UserPatch extends WritableProfile {
  readonly password?: string | null | undefined
  /** Set only by a reinstatement. */
  readonly billable?: boolean | undefined
  readonly roles?: ListPatch | null | undefined
  readonly aliases?: ListPatch | null | undefined
}

/** Either `set`, or `add` and `remove`. */
export interface ListPatch {
  readonly set?: readonly string[] | null | undefined
  readonly add?: readonly string[] | null | undefined
  readonly remove?: readonly string[] | null | undefined
}

export interface UpdateUserInput {
  readonly primaryEmail: string
  readonly set: UserPatch
  /** ISO 8601 in UTC with six decimals. */
  readonly expectedUpdatedAt?: string | null | undefined
  readonly allowUnknownRole?: boolean | null | undefined
}

export interface DeleteUserInput {
  readonly primaryEmail: string
}

export interface SenderListsInput {
  readonly primaryEmail: string
  readonly safe?: ListPatch | null | undefined
  readonly blocked?: ListPatch | null | undefined
}

export interface GroupMemberInput {
  readonly primaryEmail: string
  readonly groupId: string
}
