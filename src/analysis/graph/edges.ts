/**
 * The relationships of the graph as SQL. MEMBER_OF: a user is a member of a group. HOLDS: a user holds a role. OWNS: a
 * user owns an alias. SAME_PERSON: two users of an organization claim the same address, or have the same first and last
 * name.
 *
 * Only active relationships count, and only live users and live groups have them. The ids of all four kinds of nodes
 * come from one sequence, so an id alone identifies a node.
 */
export type EdgeKind = 'MEMBER_OF' | 'HOLDS' | 'OWNS' | 'SAME_PERSON'
export type NodeType = 'User' | 'Group' | 'Role' | 'Alias'

/** A directed edge: from a user to what it has, or from the older to the younger of two users. */
export interface Edge {
  readonly kind: EdgeKind
  readonly source: number
  readonly target: number
}

/** The type of the target of an edge, by kind. */
export const targetTypes: Readonly<Record<EdgeKind, NodeType>> = {
  MEMBER_OF: 'Group',
  HOLDS: 'Role',
  OWNS: 'Alias',
  SAME_PERSON: 'User',
}

interface Table {
  readonly kind: EdgeKind
  readonly name: string
  /** The column of the target; the column of the user is user_id. */
  readonly target: string
}

const tables: readonly Table[] = [
  { kind: 'MEMBER_OF', name: 'memberships', target: 'group_id' },
  { kind: 'HOLDS', name: 'role_grants', target: 'role_id' },
  { kind: 'OWNS', name: 'aliases', target: 'id' },
]

/** Returns the tables of the kinds whose edges lead from a user to another object. */
export function tablesOf(via: ReadonlySet<EdgeKind>): readonly Table[] {
  return tables.filter(({ kind }) => via.has(kind))
}

/**
 * Returns a query for the edges from users to other objects, as (kind, source, target). `condition` receives the names
 * of the two columns. Without kinds, the query returns no rows.
 */
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

/**
 * Returns a query for the SAME_PERSON edges of the users that meet `condition`, as (kind, source, target) with that
 * user as the source. Each edge is returned once.
 */
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

/** The condition is included only for its parameters, whose types Postgres could not infer otherwise. */
const noEdges = (condition: string) =>
  `select null as kind, null::bigint as source, null::bigint as target where false and ${condition}`
