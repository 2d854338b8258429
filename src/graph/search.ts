import { mostCompared, type SearchedType, type SearchHit, search } from '../analysis/search.ts'
import { badInput, checkedSize, checkedText } from './bad-input.ts'
import { batchedNode } from './batch.ts'
import { builder } from './builder.ts'
import { costs, type ListSize } from './cost.ts'
import { GraphNode } from './graph-node.ts'
import { organizationArg } from './organization.ts'
import { checkListIsMeant } from './organization-scope.ts'
import { visibleSlugs } from './visible.ts'

const longestText = 200
const hitsSize = { arguments: ['first'], default: 20, least: 0, most: 100 } as const satisfies ListSize

const NodeKind = builder.enumType('NodeKind', {
  description: 'A type of node.',
  values: {
    USER: { value: 'User', description: 'By first and last name, and by the primary address up to the @.' },
    GROUP: { value: 'Group', description: "By name, and by the vendor's id." },
    ROLE: { value: 'Role', description: 'By name.' },
    ALIAS: { value: 'Alias', description: 'By the address up to the @.' },
    ORGANIZATION: { value: 'Organization', description: 'By name and slug.' },
  } satisfies Record<string, { value: SearchedType; description: string }>,
})

const kinds: readonly SearchedType[] = ['User', 'Group', 'Role', 'Alias', 'Organization']

const SearchHitRef = builder.objectRef<SearchHit>('SearchHit').implement({
  description: 'Something that resembles what was searched for.',
  fields: (t) => ({
    node: t.field({
      type: GraphNode,
      description: 'What was found.',
      resolve: async ({ type, id }, _args, context, info) => {
        const node = await batchedNode({ typeName: type, key: String(id) }, context, info)
        if (!node) throw new Error(`${type} ${id} was found, and is not in the mirror any more`)
        return node as never
      },
    }),
    score: t.float({
      description: 'How well it matches, from 0 to 1; 1 is an address to the letter.',
      resolve: ({ score }) => score,
    }),
  }),
})

builder.queryField('search', (t) =>
  t.field({
    type: [SearchHitRef],
    nullable: true,
    description: `Fuzzy search over addresses, names and group names of what is live, best match first. Neither accents nor letter case nor a typo or two matter; an address to the letter comes first. Of an address what stands before the @ is searched: users of a domain are listed by a filter. Who has all of the words comes in before who resembles them; of a kind of which more than ${mostCompared} do, so many are compared.`,
    extensions: costs({ base: 4_000, size: hitsSize }),
    args: {
      text: t.arg.string({ required: true, description: `What is searched for, ${longestText} characters at most.` }),
      kinds: t.arg({ type: [NodeKind], description: 'Only nodes of these kinds; all of them where nothing is said.' }),
      ...organizationArg,
      first: t.arg.int({ defaultValue: hitsSize.default, description: `So many of them, 0 to ${hitsSize.most}.` }),
    },
    resolve: async (_root, args, context) => {
      const text = checkedText('text', args.text)
      if (text.length > longestText) throw badInput(`\`text\` exceeds the limit of ${longestText} characters`)
      if (!/[\p{L}\p{N}]/u.test(text)) throw badInput('`text` must contain a letter or a digit')
      const hits = await search(context.sql, {
        text,
        visible: visibleSlugs(context),
        types: new Set(args.kinds ?? kinds),
        organization: args.organization == null ? null : checkedText('organization', args.organization),
        limit: checkedSize(hitsSize, args, 'hits'),
      })
      if (!hits) await checkListIsMeant(context, args.organization)
      return hits ?? []
    },
  }),
)
