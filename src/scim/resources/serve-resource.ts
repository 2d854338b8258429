/** The JSON of users and groups, and their versions. */
import { createHash } from 'node:crypto'
import { isoOf } from '../../db/timestamps.ts'
import { schemas } from '../protocol/schemas.ts'
import type { GroupRow, Member, UserRow } from './resource-rows.ts'

export interface Served {
  readonly resource: Readonly<Record<string, unknown>>
  readonly version: string
  readonly location: string
}

/** `base`: the address of the organization's SCIM service. A value that the mirror has not read is left out. */
export function serveUser(row: UserRow, base: string, hasGroups: boolean): Served {
  const { id, externalId, primaryEmail, firstName, lastName, status, roles, aliases, groups } = row
  const formatted = [firstName, lastName].filter((part) => part).join(' ')
  const managed = (aliases ?? []).filter(({ isManaged }) => isManaged)
  return withMeta(row, 'User', `${base}/Users/${id}`, {
    schemas: [schemas.user, schemas.essentials],
    id,
    ...(externalId !== null && { externalId }),
    userName: primaryEmail,
    ...(formatted !== '' && {
      name: { ...(firstName && { givenName: firstName }), ...(lastName && { familyName: lastName }), formatted },
      displayName: formatted,
    }),
    ...(status !== null && { active: status === 'ACTIVE' }),
    emails: [
      { value: primaryEmail, type: 'work', primary: true },
      ...managed.map(({ address }) => ({ value: address, type: 'other', primary: false })),
    ],
    ...(roles !== null && { roles: roles.map((value) => ({ value })) }),
    ...(hasGroups &&
      groups !== null && {
        groups: groups.map((group) => ({
          value: group.id,
          $ref: `${base}/Groups/${group.id}`,
          display: group.name,
          type: 'direct',
        })),
      }),
    [schemas.essentials]: {
      ...(aliases !== null && { aliases: aliases.map(({ address }) => address) }),
      ...(row.type !== null && { accountKind: row.type }),
      ...(row.mailboxSize !== null && { mailboxSize: row.mailboxSize }),
    },
  })
}

/** `members`: undefined if they are not served. */
export function serveGroup(row: GroupRow, base: string, members: readonly Member[] | undefined): Served {
  const { id, externalId, name } = row
  return withMeta(row, 'Group', `${base}/Groups/${id}`, {
    schemas: [schemas.group],
    id,
    ...(externalId !== null && { externalId }),
    displayName: name,
    ...(members && {
      members: members.map((member) => ({
        value: member.id,
        $ref: `${base}/Users/${member.id}`,
        display: member.primaryEmail,
        type: 'User',
      })),
    }),
  })
}

function withMeta(
  { createdAt, modifiedAt }: UserRow | GroupRow,
  resourceType: string,
  location: string,
  content: Readonly<Record<string, unknown>>,
): Served {
  const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16)
  const version = `W/"${digest}"`
  const meta = { resourceType, location, created: isoOf(createdAt), lastModified: isoOf(modifiedAt), version }
  return { resource: { ...content, meta }, version, location }
}
