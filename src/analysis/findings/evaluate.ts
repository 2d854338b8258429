/** Updates an organization's findings to the current state of its mirror. */

import type { Sql, Transaction } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import { type ChangedSubjects, readChangedSubjects } from './changed-subjects.ts'
import { changed, everything, type Rule, severities } from './rule.ts'
import { rules } from './rules.ts'

/**
 * Returns the organizations whose mirror has changed, or completed a pull, since their findings were last evaluated.
 */
export async function readOrganizationsToEvaluate(sql: Sql): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    select o.id from organizations o left join finding_runs r on r.organization_id = o.id
    where o.retired_at is null and o.learnt_at > '-infinity'
      and (r.organization_id is null or r.learnt_at < o.learnt_at or r.as_of is distinct from o.profile_as_of)`
  return rows.map(({ id }) => id)
}

/**
 * Evaluates all rules on the objects that changed, and writes the differences. Only one process evaluates an
 * organization at a time; others skip it. While a pull changes a large part of the organization, the evaluation waits
 * until its pages are complete.
 */
export async function evaluateFindings(sql: Sql, organizationId: number): Promise<void> {
  await sql`insert into finding_runs (organization_id, learnt_at) values (${organizationId}, '-infinity') on conflict do nothing`
  await sql.begin(async (tx) => {
    const [run] = await tx<Run[]>`
      select r.learnt_at as since,
        case when r.as_of is null then '-infinity' else least(r.learnt_at, r.as_of - interval '1 microsecond') end as "sincePull",
        r.as_of is distinct from o.profile_as_of as "isNewPull", o.learnt_at as "learntAt", o.profile_as_of as "asOf",
        exists (select from pulls p where p.organization_id = o.id and p.state = 'RUNNING' and p.phase = 'LISTING') as "isListing"
      from finding_runs r join organizations o on o.id = r.organization_id
      where r.organization_id = ${organizationId} for update of r skip locked`
    if (!run) return
    const changes = await readChangedSubjects(tx, organizationId, run.since)
    if (changes === 'ALL' && run.isListing) return
    await askAll(tx, organizationId, 'CHANGES', changes)
    if (run.isNewPull) {
      await askAll(tx, organizationId, 'PULLS', await readChangedSubjects(tx, organizationId, run.sincePull))
      await askAll(tx, organizationId, 'TIME', 'ALL')
    }
    await tx`
      update finding_runs set learnt_at = ${run.learntAt}, as_of = ${run.asOf} where organization_id = ${organizationId}`
  })
}

/** Evaluates one rule on all objects, between the evaluations of the organization. */
export async function evaluateRule(sql: Sql, rule: Rule, organizationId: number): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`insert into finding_runs (organization_id, learnt_at) values (${organizationId}, '-infinity') on conflict do nothing`
    await tx`select from finding_runs where organization_id = ${organizationId} for update`
    await ask(tx, rule, organizationId, null)
  })
}

interface Run {
  /** The time up to which all changes were evaluated, and the start of the last pull that was evaluated, exclusive. */
  readonly since: string
  readonly sincePull: string
  readonly isNewPull: boolean
  readonly learntAt: string
  readonly asOf: string | null
  readonly isListing: boolean
}

async function askAll(
  tx: Transaction,
  organizationId: number,
  when: Rule['asked'],
  changed: ChangedSubjects | 'ALL',
): Promise<void> {
  for (const rule of rules.filter(({ asked }) => asked === when)) {
    if (changed === 'ALL' || (rule.needsAllMembers && changed.membersInDoubt)) await ask(tx, rule, organizationId, null)
    else if (changed.ids.length > 0) await ask(tx, rule, organizationId, changed.ids)
  }
}

/**
 * `ids`: the objects to evaluate; null: all. A finding that is detected again without changes is written once a day, to
 * record its last detection. An acceptance ends when the finding changes, because something else was accepted.
 */
async function ask(tx: Transaction, rule: Rule, organizationId: number, ids: readonly number[] | null): Promise<void> {
  await tx.unsafe(
    `with found as materialized (${rule.question(ids ? changed : everything)}),
    seen as (
      update findings f set subject_ids = n.subject_ids, subject_types = n.subject_types, evidence = n.evidence, last_seen_at = now(),
        accepted_until = case when f.subject_ids = n.subject_ids and f.evidence = n.evidence then f.accepted_until end
      from found n
      where f.organization_id = $1 and f.rule = $3 and f.key = n.key and f.resolved_at is null
        and (f.subject_ids <> n.subject_ids or f.evidence <> n.evidence or f.last_seen_at < now() - interval '1 day')
    ),
    begun as (
      insert into findings (organization_id, rule, key, severity, subject_ids, subject_types, evidence, first_seen_at, last_seen_at)
      select $1, $3, n.key, $4, n.subject_ids, n.subject_types, n.evidence, now(), now() from found n
      where not exists (select from findings f where f.organization_id = $1 and f.rule = $3 and f.key = n.key and f.resolved_at is null)
    )
    update findings f set resolved_at = now()
    where f.organization_id = $1 and f.rule = $3 and f.resolved_at is null
      and ($2::bigint[] is null or f.subject_ids && $2::bigint[])
      and not exists (select from found n where n.key = f.key)`,
    [organizationId, ids && array(ids), rule.name, severities.indexOf(rule.severity)],
  )
}

interface Acceptance {
  readonly findingId: number
  readonly reason: string
  /** ISO 8601. */
  readonly until: string
  readonly actor: string
}

/** NOT_OPEN: the finding does not exist, or is resolved. */
export type Accepted = 'ACCEPTED' | 'NOT_OPEN'

/**
 * Accepts an open finding until a time. A later acceptance replaces an earlier one. The finding is still evaluated, and
 * the acceptance ends early if it changes.
 */
export async function acceptFinding(sql: Sql, { findingId, reason, until, actor }: Acceptance): Promise<Accepted> {
  const { count } = await sql`
    update findings set accepted_until = ${until}, accepted_at = clock_timestamp(), accepted_by = ${actor},
      accepted_reason = ${reason}
    where id = ${findingId} and resolved_at is null`
  return count === 0 ? 'NOT_OPEN' : 'ACCEPTED'
}

/** Ends the acceptance of an open finding now. Without an acceptance, nothing changes. */
export async function withdrawAcceptance(sql: Sql, findingId: number): Promise<'WITHDRAWN' | 'NOT_OPEN'> {
  const { count } = await sql`
    update findings set accepted_until = null where id = ${findingId} and resolved_at is null`
  return count === 0 ? 'NOT_OPEN' : 'WITHDRAWN'
}
