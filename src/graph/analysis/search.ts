import { mostCompared, type SearchedType, type SearchHit, search } from '../../analysis/search.ts'
import { ref } from '../../planner/read.ts'
import { builder } from '../builder.ts'
import { costs, type ListSize } from '../core/cost.ts'
import { assertOrganizationKnown } from '../core/organization-argument.ts'
import { visibleSlugs } from '../core/tenant-visibility.ts'
import { checkedSize, checkedText, userInputError } from '../core/user-input-error.ts'
import { organizationArg } from '../organization/organization.ts'
import { GraphNode } from './graph-node.ts'

const longestText = 200
const hitsSize = { arguments: ['first'], default: 20, least: 0, most: 100 } as const satisfies ListSize

const NodeKind = builder.enumType('NodeKind', {
  description: 'A type of node, and what search compares for it.',
  values: {
    USER: { value: 'User', description: 'Users, by first and last name and by the local part of the primary address.' },
    GROUP: { value: 'Group', description: "Groups, by name and by the vendor's ID." },
    ROLE: { value: 'Role', description: 'Roles, by name.' },
    ALIAS: { value: 'Alias', description: 'Aliases, by the local part of the address.' },
    ORGANIZATION: { value: 'Organization', description: 'Organizations, by name and slug.' },
  } satisfies Record<string, { value: SearchedType; description: string }>,
})

const kinds: readonly SearchedType[] = ['User', 'Group', 'Role', 'Alias', 'Organization']

const SearchHitRef = builder.objectRef<SearchHit>('SearchHit').implement({
  description: 'A search result.',
  fields: (t) => ({
    node: t.field({
      type: GraphNode,
      description: 'The matching object.',
      refs: ({ type, id }) => ref(type, id),
    }),
    score: t.exposeFloat('score', {
      description: 'The quality of the match, from 0 to 1. 1 means an exact match of an address.',
    }),
  }),
})

builder.queryField('search', (t) =>
  t.field({
    type: [SearchHitRef],
    nullable: true,
    description:
      'Fuzzy search for live objects by address, name or group name, best match first. Ignores case, accents ' +
      'and small typos. An exact match of an address comes first. Only the local part of addresses is ' +
      'searched; to list the users of a domain, use a filter. Matches of all words rank above partial matches. ' +
      `If more than ${mostCompared} objects of a kind match, only ${mostCompared} of them are ranked.`,
    extensions: costs({ base: 4_000, size: hitsSize }),
    args: {
      text: t.arg.string({
        required: true,
        description: `The text to search for, at most ${longestText} characters. Must contain a letter or a digit.`,
      }),
      kinds: t.arg({ type: [NodeKind], description: 'Return only objects of these kinds. Defaults to all kinds.' }),
      ...organizationArg,
      first: t.arg.int({
        defaultValue: hitsSize.default,
        description: `Number of results to return (0–${hitsSize.most}).`,
      }),
    },
    resolve: async (_root, args, context) => {
      const text = checkedText('text', args.text)
      if (text.length > longestText) throw userInputError(`\`text\` exceeds the limit of ${longestText} characters`)
      if (!/[\p{L}\p{N}]/u.test(text)) throw userInputError('`text` must contain a letter or a digit')
      const hits = await search(context.sql, {
        text,
        visible: visibleSlugs(context),
        types: new Set(args.kinds ?? kinds),
        organization: args.organization == null ? null : checkedText('organization', args.organization),
        limit: checkedSize(hitsSize, args, 'hits'),
      })
      if (!hits) await assertOrganizationKnown(context, args.organization)
      return hits ?? []
    },
  }),
)
