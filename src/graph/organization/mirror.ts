/** The completeness and freshness of an organization's mirror: another view of the organization's row. */

import { and, eq, type SQL, sql } from 'drizzle-orm'
import { type organizations, pulls } from '../../db/schema/tables.ts'
import { one, page, same } from '../../planner/read.ts'
import { builder } from '../builder.ts'
import { costs } from '../core/cost.ts'
import { noPast } from '../core/field-policy.ts'
import { keyOrder } from '../pagination/order.ts'
import { forwardPageSize, type PageArgs, pageWindow } from '../pagination/page.ts'
import { Pull, PullConnection } from '../pull/pull.ts'
import { Organization } from './organization.ts'

type Organizations = typeof organizations
type Pulls = typeof pulls

const MirrorState = builder.enumType('MirrorState', {
  description:
    'The reliability of the mirror. If several states apply, the first in the order EMPTY, QUARANTINED, ' +
    'STALE, CURRENT is reported.',
  values: {
    EMPTY: { description: 'No pull has been completed yet.' },
    QUARANTINED: { description: 'Deletions await a decision; see `resolveQuarantine`.' },
    STALE: { description: 'No pull has been completed within two pull intervals.' },
    CURRENT: { description: 'The result of the last pull is up to date.' },
  },
})

const interval = ({ paceSeconds, pullIntervalSeconds }: Organizations): SQL =>
  sql`coalesce(${paceSeconds}, ${pullIntervalSeconds})`

/**
 * Intervals are measured from start to start, so a pull may finish its own duration later than two intervals and still
 * be in time.
 */
const mirrorState = (organization: Organizations) => sql`case
  when ${organization.profileAsOf} is null then 'EMPTY'
  when exists (select from pulls p where p.organization_id = ${organization.id} and p.state = 'QUARANTINED' and not p.accepted) then 'QUARANTINED'
  when clock_timestamp() > 2 * ${interval(organization)} * interval '1 second' + coalesce((
    select p.finished_at from pulls p where p.organization_id = ${organization.id} and p.state = 'COMPLETE' order by p.id desc limit 1
  ), ${organization.profileAsOf}) then 'STALE'
  else 'CURRENT' end`

/** Includes problems that no pull could record because none ran. A worker starts a due pull within a second or two. */
const problem = (
  organization: Organizations,
) => sql`coalesce(nullif(concat_ws('. ', ${organization.queueProblem}, ${organization.entryProblem}, ${organization.childrenProblem}, ${organization.problem}), ''), case
  when ${organization.pausedAt} is not null then 'The pulls of the organization are paused by an operator'
  when not exists (select from pulls p where p.organization_id = ${organization.id} and p.state = 'RUNNING')
    and coalesce(${organization.nextPullAt}, '-infinity') < clock_timestamp() - interval '30 seconds'
    then 'A pull is due but none has started: no worker is running, or its queue is unreachable'
  when ${mirrorState(organization)} = 'STALE'
    then 'No pull has been completed within two intervals: pulls take too long, or no worker continues one' end)`

const counted = (from: SQL) => (organization: Organizations) =>
  sql`(select count(*) from ${from} and r.organization_id = ${organization.id})`

const order = keyOrder<Pulls>('pulls', 'id', 'desc')

const Mirror = builder.objectRef<object>('Mirror').implement({
  description: "The state of an organization's mirror.",
  fields: (t) => ({
    state: t.field({
      type: MirrorState,
      description: 'Whether the mirror is reliable.',
      sql: mirrorState,
    }),
    problem: t.string({
      nullable: true,
      description:
        'A human-readable explanation of why the mirror is not up to date: a rejected API key, an unavailable ' +
        'vendor, a quarantine, a pause, or no running worker. Null if there is no problem.',
      sql: problem,
    }),
    completeAsOf: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        "When the first request of the last complete pull was sent. All values in the vendor's lists are at " +
        'least this fresh. Null if no pull has been completed.',
      sql: (row: Organizations) => row.profileAsOf,
    }),
    nextPullAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When the next scheduled pull starts, unless one is requested earlier. Null if none is scheduled yet.',
      sql: (row: Organizations) => row.nextPullAt,
    }),
    pausedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'Since when an operator pauses the pulls of the organization. Writes and operations continue. Null if they are not paused.',
      sql: (row: Organizations) => row.pausedAt,
    }),
    pullIntervalSeconds: t.int({
      description:
        'Time between the starts of two pulls, in seconds: the configured interval, or a longer one if the ' +
        'request allowance is too small for it.',
      sql: interval,
    }),
    users: t.int({
      description: 'Number of live users in the mirror.',
      extensions: costs({ perNode: 1_000 }),
      sql: counted(sql`users r where r.deleted_at is null`),
    }),
    groups: t.int({
      description: 'Number of live groups in the mirror.',
      extensions: costs({ perNode: 20 }),
      sql: counted(sql`groups r where r.deleted_at is null`),
    }),
    aliases: t.int({
      description: 'Number of active aliases in the mirror.',
      extensions: costs({ perNode: 1_500 }),
      sql: counted(sql`aliases r where r.valid_to is null`),
    }),
    memberships: t.int({
      description: 'Number of active memberships in the mirror.',
      extensions: costs({ perNode: 3_500 }),
      sql: counted(sql`memberships r where r.valid_to is null`),
    }),
    usersWithoutRelations: t.int({
      description:
        'Number of live users whose roles, aliases or groups have not been read yet. Groups count only if the ' +
        'connection offers them.',
      extensions: costs({ perNode: 100 }),
      sql: (row: Organizations) =>
        counted(sql`users r where r.deleted_at is null and (r.roles_at is null or r.aliases_at is null or r.groups_at is null)
          and (r.roles_at is null or r.aliases_at is null or 'groups' = any(${row.capabilities}))`)(row),
    }),
    currentPull: t.field({
      type: Pull,
      nullable: true,
      description: 'The running pull. Null if none is running.',
      sql: one({
        table: pulls,
        where: (pull: Pulls, { id }: Organizations) => and(eq(pull.organizationId, id), eq(pull.state, 'RUNNING')),
      }),
    }),
    pulls: t.field({
      type: PullConnection,
      description: "The organization's pulls, newest first.",
      args: {
        first: t.arg.int({
          description: 'Number of pulls to return (0–500). Defaults to 50. Use 0 to fetch only the count.',
        }),
        after: t.arg.string({ description: 'Return only pulls after this cursor.' }),
      },
      extensions: costs({ size: forwardPageSize, page: { count: 20 } }),
      sql: page({
        table: pulls,
        where: (pull: Pulls, { id }: Organizations) => eq(pull.organizationId, id),
        window: (args: PageArgs) => pageWindow(args, order),
      }),
    }),
  }),
})

builder.objectField(Organization, 'mirror', (t) =>
  t.field({
    type: Mirror,
    description: "The state of the organization's mirror.",
    extensions: noPast,
    sql: same(),
  }),
)
