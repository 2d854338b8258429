/** What identity providers have changed by SCIM, and what they were refused. */
import { isoOf } from '../../db/timestamps.ts'
import { builder } from '../builder.ts'
import { costs, type ListSize } from '../core/cost.ts'
import { noPast, requiresScope } from '../core/field-policy.ts'
import { organizationIdOf } from '../core/organization-argument.ts'
import { requireScope } from '../core/scopes.ts'
import { checkedText, userInputError } from '../core/user-input-error.ts'

const activitySize = { arguments: ['first'], default: 50, least: 0, most: 500 } as const satisfies ListSize

const ScimAction = builder.enumType('ScimAction', {
  description: 'What a request of an identity provider did.',
  values: {
    CREATED: { description: 'A user was created, or a deleted resource was brought back.' },
    CHANGED: { description: 'Attributes of a user were changed.' },
    DEACTIVATED: { description: 'A user was turned off.' },
    REACTIVATED: { description: 'A user was turned on again.' },
    DELETED: { description: 'A resource was deleted: the user was turned off or deleted, or the group was hidden.' },
    MEMBERS_CHANGED: { description: 'Members of a group were added or removed.' },
    REFUSED: { description: 'The request was refused; `detail` says why.' },
  },
})

interface ActivityRow {
  readonly at: string
  readonly viewer: string
  readonly action: typeof ScimAction.$inferType
  readonly kind: string
  readonly resourceId: string | null
  readonly name: string | null
  readonly status: number
  readonly detail: string | null
}

const ScimActivity = builder.objectRef<ActivityRow>('ScimActivity').implement({
  description: 'One request of an identity provider that changed something, or was refused.',
  fields: (t) => ({
    at: t.field({ type: 'DateTime', description: 'When the request ended.', resolve: ({ at }) => isoOf(at) }),
    token: t.string({ description: 'The name of the token.', resolve: ({ viewer }) => viewer }),
    action: t.field({ type: ScimAction, description: 'What it did.', resolve: ({ action }) => action }),
    kind: t.string({ description: 'The type of the resource: User or Group.', resolve: ({ kind }) => kind }),
    resourceId: t.string({
      nullable: true,
      description: 'The id of the resource in SCIM. Null if none was made.',
      resolve: ({ resourceId }) => resourceId,
    }),
    name: t.string({
      nullable: true,
      description: 'The address of the user, or the name of the group.',
      resolve: ({ name }) => name,
    }),
    status: t.int({ description: 'The HTTP status of the answer.', resolve: ({ status }) => status }),
    detail: t.string({
      nullable: true,
      description: 'Why the request was refused. Null if it was not.',
      resolve: ({ detail }) => detail,
    }),
  }),
})

builder.queryField('scimActivity', (t) =>
  t.field({
    type: [ScimActivity],
    nullable: true,
    description:
      'What identity providers have changed in an organization by SCIM, and what they were refused, newest first. ' +
      'Kept as long as the audit log. Requires the `admin` scope.',
    extensions: { ...noPast, ...requiresScope('admin'), ...costs({ base: 20, size: activitySize }) },
    args: {
      organization: t.arg.string({
        description: "The organization's slug. Required if more than one organization is visible to the caller.",
      }),
      token: t.arg.string({ description: 'Return only the activity of the token with this name.' }),
      refused: t.arg.boolean({ description: 'True returns only refused requests, false only others.' }),
      first: t.arg.int({
        description: `Number of entries to return (0–${activitySize.most}). Defaults to ${activitySize.default}.`,
      }),
    },
    resolve: async (_root, { organization, token, refused, first }, context) => {
      requireScope(context.viewer, 'admin')
      const count = first ?? activitySize.default
      if (count < activitySize.least || count > activitySize.most)
        throw userInputError(`\`first\` must be between ${activitySize.least} and ${activitySize.most}`)
      const organizationId = await organizationIdOf(context, organization)
      const viewer = token == null ? null : checkedText('token', token)
      const rows = await context.sql<ActivityRow[]>`
        select at, viewer, action, kind, resource_id as "resourceId", name, status, detail from scim_activity
        where organization_id = ${organizationId} and (${viewer}::text is null or viewer = ${viewer})
          and (${refused ?? null}::boolean is null or (action = 'REFUSED') = ${refused ?? null}::boolean)
        order by id desc limit ${count}`
      return [...rows]
    },
  }),
)
