/**
 * The relationships that questions go along, as SQL. MEMBER_OF: of a user with a group. HOLDS: with a role. OWNS: with an alias.
 * SAME_PERSON: of two users that claim one address, or bear one first and last name, within an organization.
 *
 * Only standing ones count, and those are of live users and live groups alone. The ids of all four kinds of nodes come from one sequence, so
 * that an id alone names a node.
 */
export type EdgeKind = 'MEMBER_OF' | 'HOLDS' | 'OWNS' | 'SAME_PERSON'
export type NodeType = 'User' | 'Group' | 'Role' | 'Alias'

/** An edge as it is told: from a user to what it has, or from the older to the younger of two users. */
export interface Edge {
  readonly kind: EdgeKind
  readonly source: number
  readonly target: number
}

/** What a user has through an edge of each kind. */
export const targetTypes: Readonly<Record<EdgeKind, NodeType>> = {
  MEMBER_OF: 'Group',
  HOLDS: 'Role',
  OWNS: 'Alias',
  SAME_PERSON: 'User',
}

interface Table {
  readonly kind: EdgeKind
  readonly name: string
  /** The column of what the user has; the user's is user_id. */
  readonly target: string
}

const tables: readonly Table[] = [
  { kind: 'MEMBER_OF', name: 'memberships', target: 'group_id' },
  { kind: 'HOLDS', name: 'role_grants', target: 'role_id' },
  { kind: 'OWNS', name: 'aliases', target: 'id' },
]

/** The tables of the kinds whose edges lead from a user to what it has. */
export function tablesOf(via: ReadonlySet<EdgeKind>): readonly Table[] {
  return tables.filter(({ kind }) => via.has(kind))
}

/** Edges of users to what they have, as (kind, source, target). `condition` is given the two columns; without kinds, no rows. */
export function edgesToThings(
  via: ReadonlySet<EdgeKind>,
  condition: (source: string, target: string) => string,
): string {
  const branches = tablesOf(via).map(
    ({ kind, name, target }) =>
      `select '${kind}' as kind, e.user_id as source, e.${target} as target from ${name} e
       where e.valid_to is null and ${condition('e.user_id', `e.${target}`)}`,
  )
  return branches.length > 0 ? branches.join('\n union all ') : noEdges(condition('null::bigint', 'null::bigint'))
}

/** Edges SAME_PERSON of the users for which `condition` holds, as (kind, source, target), that user as the source; each once. */
export function edgesToSelves(via: ReadonlySet<EdgeKind>, condition: (userId: string) => string): string {
  if (!via.has('SAME_PERSON')) return noEdges(condition('null::bigint'))
  const claims = (user: string) =>
    `(select x.address_key as key where x.deleted_at is null union all
      select l.address_key from aliases l where l.user_id = ${user} and l.valid_to is null)`
  return `
    select 'SAME_PERSON' as kind, x.id as source, other.id as target
    from users x cross join lateral (
      select y.id from ${claims('x.id')} c
        join users y on y.organization_id = x.organization_id and y.address_key = c.key and y.deleted_at is null
      union select l.user_id from ${claims('x.id')} c
        join aliases l on l.organization_id = x.organization_id and l.address_key = c.key and l.valid_to is null
      union select y.id from users y
        where y.organization_id = x.organization_id and y.deleted_at is null and x.deleted_at is null
          and x.first_name <> '' and x.last_name <> ''
          and fold_case(y.first_name) = fold_case(x.first_name) and fold_case(y.last_name) = fold_case(x.last_name)
    ) other
    where other.id <> x.id and ${condition('x.id')}`
}

/** The condition stands there for its parameters, whose types Postgres would otherwise not know. */
const noEdges = (condition: string) =>
  `select null as kind, null::bigint as source, null::bigint as target where false and ${condition}`
