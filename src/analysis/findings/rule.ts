/** What a rule of findings is made of. */

export type Severity = 'INFO' | 'LOW' | 'MEDIUM' | 'HIGH'

/** From the least to the worst; a finding's row holds the place. */
export const severities: readonly Severity[] = ['INFO', 'LOW', 'MEDIUM', 'HIGH']

export interface Rule {
  readonly name: string
  readonly severity: Severity
  /** What is the case, as a sentence of a few words. */
  readonly title: string
  /** When exactly it is the case. */
  readonly when: string
  /** What to do about it. */
  readonly advice: string
  /** What makes two sightings the same finding. */
  readonly identity: string
  /** Whom it is about, the first above all. */
  readonly subjects: string
  /** What stands in the evidence. */
  readonly evidence: string
  /**
   * When it is asked. CHANGES: at every change, of what changed. PULLS: once a pull is complete, of what changed since the one before began.
   * TIME: once a pull is complete, of all, for it becomes true by time alone.
   */
  readonly asked: 'CHANGES' | 'PULLS' | 'TIME'
  /** It rests on nothing being unread that could be a membership of any group: where that was in doubt, or is, it is asked of all. */
  readonly needsAllMembers?: boolean
  /**
   * Its question as one statement over the organization `$1`: rows of (key text, subject_ids bigint[], subject_types text[], evidence jsonb).
   * Of a rule that is asked of what changed, only rows with one of these subjects are needed, but each of them whole.
   */
  readonly question: (scope: Scope) => string
}

/** What a question is asked of. */
export interface Scope {
  /** Whether this id is among what is asked about. */
  readonly includes: (id: string) => string
  /** Whether this value is one that the statement gives; true where all is asked about. */
  readonly among: (value: string, statement: string) => string
}

export const everything: Scope = { includes: () => 'true', among: () => 'true' }

/** What has an id of the parameter `$2`. */
export const changed: Scope = {
  includes: (id) => `${id} = any($2::bigint[])`,
  among: (value, statement) => `${value} in (${statement})`,
}

/** The privileged roles of users of the organization, as (user_id, roles). */
export const privileged = (scope: Scope): string => `
  select g.user_id, array_agg(r.name order by r.name) as roles
  from roles r join role_grants g on g.role_id = r.id and g.valid_to is null
  where r.organization_id = $1 and r.name <> 'USER' and ${scope.includes('g.user_id')}
  group by g.user_id`

/** Whether all groups of the user `u` are known, and it has none. */
export const isInNoGroup = `u.groups_at is not null and u.unresolved_groups is null
  and not exists (select from memberships m where m.user_id = u.id and m.valid_to is null)`

/** Whether nothing is unread that could be a membership of the group `g`. */
export const membersAreKnown = `not exists (
    select from users x where x.organization_id = $1 and x.deleted_at is null and x.groups_at is null
  ) and not exists (
    select from users x where x.organization_id = $1 and x.deleted_at is null and x.unresolved_groups is not null
      and x.unresolved_groups && array[g.group_id, g.name])`
