/** The parts of a finding rule. */

export type Severity = 'INFO' | 'LOW' | 'MEDIUM' | 'HIGH'

/** In ascending order. The row of a finding stores the index. */
export const severities: readonly Severity[] = ['INFO', 'LOW', 'MEDIUM', 'HIGH']

export interface Rule {
  readonly name: string
  readonly severity: Severity
  /** The problem, as a short sentence. */
  readonly title: string
  /** The exact condition. */
  readonly when: string
  /** The recommended action. */
  readonly advice: string
  /** The value that identifies a finding across evaluations. */
  readonly identity: string
  /** The affected objects, most relevant first. */
  readonly subjects: string
  /** The fields of the evidence. */
  readonly evidence: string
  /**
   * When the rule is evaluated. CHANGES: after every change, on the changed objects. PULLS: after every complete pull,
   * on the objects that changed since the start of the previous one. TIME: after every complete pull, on all objects,
   * because the rule depends on the passage of time.
   */
  readonly asked: 'CHANGES' | 'PULLS' | 'TIME'
  /**
   * The rule requires that nothing is unread that could be a membership of any group. While that is or was in doubt,
   * the rule is evaluated on all objects.
   */
  readonly needsAllMembers?: boolean
  /**
   * The rule's query as one statement on the organization `$1`. It returns rows of (key text, subject_ids bigint[],
   * subject_types text[], evidence jsonb). If the rule is evaluated on changed objects, only rows with one of these
   * subjects are needed, but each of them must be complete.
   */
  readonly question: (scope: Scope) => string
}

/** The objects that a rule is evaluated on. */
export interface Scope {
  /** Tests whether the id is one of the objects. */
  readonly includes: (id: string) => string
  /** Tests whether the value is one of those that the statement returns; always true if all objects are evaluated. */
  readonly among: (value: string, statement: string) => string
}

export const everything: Scope = { includes: () => 'true', among: () => 'true' }

/** The objects whose ids are in the parameter `$2`. */
export const changed: Scope = {
  includes: (id) => `${id} = any($2::bigint[])`,
  among: (value, statement) => `${value} in (${statement})`,
}

/** Selects the privileged roles of the organization's users, as (user_id, roles). */
export const privileged = (scope: Scope): string => `
  select g.user_id, array_agg(r.name order by r.name) as roles
  from roles r join role_grants g on g.role_id = r.id and g.valid_to is null
  where r.organization_id = $1 and r.privileged and ${scope.includes('g.user_id')}
  group by g.user_id`

/** Tests whether all groups of the user `u` are known and it has none. */
export const isInNoGroup = `u.groups_at is not null and u.unresolved_groups is null
  and not exists (select from memberships m where m.user_id = u.id and m.valid_to is null)`

/** Tests whether nothing is unread that could be a membership of the group `g`. */
export const membersAreKnown = `not exists (
    select from users x where x.organization_id = $1 and x.deleted_at is null and x.groups_at is null
  ) and not exists (
    select from users x where x.organization_id = $1 and x.deleted_at is null and x.unresolved_groups is not null
      and x.unresolved_groups && array[g.group_id, g.name])`
