/** How fresh and how whole an organization's mirror is. It is the organization's own row, seen from another side. */
import { eq, type SQL, sql } from 'drizzle-orm'
import { type organizations, pulls } from '../mirror/tables.ts'
import { builder } from './builder.ts'
import { costs } from './cost.ts'
import { relatedPage } from './drizzle-plan.ts'
import { keyOrder } from './order.ts'
import { Organization } from './organization.ts'
import { forwardPageSize } from './page.ts'
import { Pull, PullConnection, type PullRow } from './pull.ts'

type Organizations = typeof organizations
type Pulls = typeof pulls

const MirrorState = builder.enumType('MirrorState', {
  description: 'Whether the mirror can be relied on. What stands first here prevails.',
  values: {
    EMPTY: { description: 'No pull was completed yet.' },
    QUARANTINED: { description: 'Deletions wait for a decision.' },
    STALE: { description: 'No pull was completed within two intervals.' },
    CURRENT: { description: "The last pull's result stands." },
  },
})

type MirrorState = typeof MirrorState.$inferType

const interval = ({ paceSeconds, pullIntervalSeconds }: Organizations): SQL<number> =>
  sql`coalesce(${paceSeconds}, ${pullIntervalSeconds})`

/** Intervals run from start to start, so that a pull may end its own length after two of them, and still be the next but one. */
const mirrorState = (organization: Organizations) => sql<MirrorState>`case
  when ${organization.profileAsOf} is null then 'EMPTY'
  when exists (select from pulls p where p.organization_id = ${organization.id} and p.state = 'QUARANTINED' and not p.accepted) then 'QUARANTINED'
  when clock_timestamp() > 2 * ${interval(organization)} * interval '1 second' + coalesce((
    select p.finished_at from pulls p where p.organization_id = ${organization.id} and p.state = 'COMPLETE' order by p.id desc limit 1
  ), ${organization.profileAsOf}) then 'STALE'
  else 'CURRENT' end`

/** What no pull could put down, since none ran. Pulls that are due are begun within a second or two of a worker's. */
const problem = (organization: Organizations) => sql<
  string | null
>`coalesce(nullif(concat_ws('. ', ${organization.queueProblem}, ${organization.problem}), ''), case
  when not exists (select from pulls p where p.organization_id = ${organization.id} and p.state = 'RUNNING')
    and coalesce(${organization.nextPullAt}, '-infinity') < clock_timestamp() - interval '30 seconds'
    then 'A pull is due and none has begun: no worker is up, or its queue cannot be reached'
  when ${mirrorState(organization)} = 'STALE'
    then 'No pull was completed within two intervals: they take longer than that, or no worker goes on with the one under way' end)`

const counted = (from: SQL) => (organization: Organizations) =>
  sql<number>`(select count(*)::int from ${from} and r.organization_id = ${organization.id})`
const mirroredUsers = counted(sql`users r where r.deleted_at is null`)
const mirroredGroups = counted(sql`groups r where r.deleted_at is null`)
const mirroredAliases = counted(sql`aliases r where r.valid_to is null`)
const mirroredMemberships = counted(sql`memberships r where r.valid_to is null`)
const unreadUsers = counted(
  sql`users r where r.deleted_at is null and (r.roles_at is null or r.aliases_at is null or r.groups_at is null)`,
)

const Mirror = builder.drizzleObject('organizations', {
  variant: 'Mirror',
  description: 'The state of what is mirrored of an organization.',
  select: { columns: { id: true } },
  fields: (t) => ({
    state: t.field({
      type: MirrorState,
      description: 'Whether it can be relied on.',
      select: { extras: { mirrorState } },
      resolve: (mirror) => mirror.mirrorState,
    }),
    problem: t.string({
      nullable: true,
      description:
        'In plain words, what keeps it from being current: a refused key, a vendor that is away, a quarantine, no worker. null: nothing does.',
      select: { extras: { mirrorProblem: problem } },
      resolve: ({ mirrorProblem }) => mirrorProblem,
    }),
    completeAsOf: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        "When the last complete pull's first request was sent: all that list rows carry is at least as fresh as that.",
      select: { columns: { profileAsOf: true } },
      resolve: ({ profileAsOf }) => profileAsOf,
    }),
    nextPullAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the next pull begins, if none is asked for before; null: not yet planned.',
      select: { columns: { nextPullAt: true } },
      resolve: ({ nextPullAt }) => nextPullAt,
    }),
    pullIntervalSeconds: t.int({
      description: 'Between the starts of two pulls: as configured, or longer where the allowance cannot carry that.',
      select: { columns: { paceSeconds: true, pullIntervalSeconds: true } },
      resolve: ({ paceSeconds, pullIntervalSeconds }) => paceSeconds ?? pullIntervalSeconds,
    }),
    users: t.int({
      description: 'Live users that are mirrored.',
      extensions: costs({ perNode: 1_000 }),
      select: { extras: { mirroredUsers } },
      resolve: (mirror) => mirror.mirroredUsers,
    }),
    groups: t.int({
      description: 'Live groups that are mirrored.',
      extensions: costs({ perNode: 20 }),
      select: { extras: { mirroredGroups } },
      resolve: (mirror) => mirror.mirroredGroups,
    }),
    aliases: t.int({
      description: 'Standing aliases that are mirrored.',
      extensions: costs({ perNode: 1_500 }),
      select: { extras: { mirroredAliases } },
      resolve: (mirror) => mirror.mirroredAliases,
    }),
    memberships: t.int({
      description: 'Standing memberships that are mirrored.',
      extensions: costs({ perNode: 3_500 }),
      select: { extras: { mirroredMemberships } },
      resolve: (mirror) => mirror.mirroredMemberships,
    }),
    usersWithoutRelations: t.int({
      description: 'Live users whose roles, aliases or groups are still unread.',
      extensions: costs({ perNode: 100 }),
      select: { extras: { unreadUsers } },
      resolve: (mirror) => mirror.unreadUsers,
    }),
    currentPull: t.field({
      type: Pull,
      nullable: true,
      description: 'The pull that is under way; null: none is.',
      select: (_args, _context, nested) => ({
        with: { pulls: nested({ where: { state: 'RUNNING' }, limit: 1 }) },
      }),
      resolve: ({ pulls: [pull] }) => pull,
    }),
    pulls: t.field({
      type: PullConnection,
      description: 'Its pulls, latest first.',
      args: {
        first: t.arg.int({
          description: 'So many pulls, 0 to 500; 50 where nothing is said. 0 gives the count alone.',
        }),
        after: t.arg.string({ description: 'Only pulls after the one with this cursor.' }),
      },
      ...relatedPage<Pulls, PullArgs, PullRow, PullRow>({
        coordinate: 'Mirror.pulls',
        cost: { size: forwardPageSize, page: { count: 20 } },
        relation: 'pulls',
        typeName: 'Pull',
        table: pulls,
        belongs: (pull, mirror) => eq(pull.organizationId, mirror.id),
        list: () => ({ order: keyOrder<Pulls>('pulls', 'id', 'desc') }),
      }),
    }),
  }),
})

interface PullArgs {
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
}

builder.drizzleObjectField(Organization, 'mirror', (t) =>
  t.variant(Mirror, { description: 'How fresh and how whole the mirror of it is.' }),
)
