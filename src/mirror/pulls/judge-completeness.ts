/**
 * Evaluates a pull after all its pages are applied: whether they are complete, and which users are missing. Absence
 * from a pull alone proves nothing, because offset paging skips rows when users come and go. It only decides which
 * users are read.
 */

import type { Sql, Transaction } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import { type SampledUser, waitsForRows, weighDoubts } from '../accounts/weigh-doubts.ts'
import { groupsToDelete } from '../groups/reconcile-groups.ts'
import { inOrganizationOfPull } from '../in-organization.ts'
import { lockOrganizationOfPull } from '../organization-lock.ts'
import { isExhausted, mayBeCut, type Round, roundsOf } from './list-rounds.ts'
import { settleFigures } from './pull-counts.ts'
import { readPages } from './pulls.ts'

/** A pull is incomplete if its distinct users fall short of the vendor's total by more than this share. */
const toleratedShortfall = 0.01
/** Maximum number of times one pull reads a list whose rows keep moving. */
const mostTimes = 12
/** A person must decide if more than this share of an organization would disappear in one pull … */
const quarantineShare = 0.2
/** … and the organization has at least this many users or groups. */
const quarantineFrom = 25

export type Conclusion =
  | { verdict: 'OVER' }
  /** The pages have as many rows as the vendor's total, but some users twice: another page may hold the rest. */
  | { verdict: 'MORE' }
  /** Users are missing at the end of the list, but reading it again may show them. */
  | { verdict: 'AGAIN' }
  | { verdict: 'SHORT'; seen: number; expected: number }
  /** One response holds the whole list, and it is empty although users are known. */
  | { verdict: 'EMPTY'; known: number }
  /** Many users seem to be other accounts: point reads of a sample come first. */
  | { verdict: 'SAMPLE'; sample: readonly SampledUser[] }
  | { verdict: 'QUARANTINED'; problem: string }
  | { verdict: 'DELETIONS'; candidates: number; disregardedTotal: number | null }

/** `maySample`: whether a sample may still be read. */
export async function concludeListing(sql: Sql, pullId: number, maySample: boolean): Promise<Conclusion> {
  return await inOrganizationOfPull(sql, pullId, async (tx) => {
    await lockOrganizationOfPull(tx, pullId)
    const [pull] = await tx<{ organizationId: number; startedAt: string; firstSentAt: string; isPaged: boolean }[]>`
      select organization_id as "organizationId", started_at as "startedAt", first_sent_at as "firstSentAt",
        exists (
          select from organizations o where o.id = organization_id and 'pagedList' = any(o.capabilities)) as "isPaged"
      from pulls where id = ${pullId} and state = 'RUNNING' and phase = 'LISTING' for update`
    if (!pull) return { verdict: 'OVER' }
    const pages = await readPages(tx, pullId)
    const rounds = roundsOf(pages, 'USERS')
    if (await waitsForRows(tx, { id: pullId, ...pull }, rounds)) return { verdict: 'AGAIN' }
    const figures = await settleFigures(tx, pullId)
    if (!figures) return { verdict: 'OVER' }
    const { seen, expected } = figures
    if (expected !== null && seen < expected && !isExhausted(rounds)) return { verdict: 'MORE' }
    if (expected === null && pull.isPaged && isLossy(await lastReading(tx, pullId, rounds))) return { verdict: 'AGAIN' }
    const short = expected !== null && expected - seen > expected * toleratedShortfall
    const disregarded = short && (await fellShortAlike(tx, pull.organizationId, expected - seen))
    if (short && !disregarded)
      return mayGain(await lastReading(tx, pullId, rounds))
        ? { verdict: 'AGAIN' }
        : { verdict: 'SHORT', seen, expected }

    const known = await missingUsers(tx, pullId, pull)
    if (!pull.isPaged && seen === 0 && known.known > 0) return { verdict: 'EMPTY', known: known.known }
    // A user missing from a list that may be cut may be on the rest of it.
    const users = mayBeCut(pages, 'USERS') ? { ...known, missing: [] } : known
    const doubts = await weighDoubts(tx, { id: pullId, ...pull }, users.known, maySample)
    if (doubts.verdict !== 'WEIGHED') return doubts
    const groups = await groupsToDelete(tx, pullId, pull.organizationId)
    const replaced = new Set([...doubts.ready, ...doubts.held])
    const missing = users.missing.filter((id) => !replaced.has(id))
    const problem = quarantineOf({ missing, replaced: replaced.size, known: users.known }, groups)
    const candidates = [...missing, ...doubts.ready, ...doubts.returned, ...(problem ? doubts.held : [])]
    await tx`
      insert into pull_candidates (pull_id, user_id) select ${pullId}, unnest(${array(candidates)}::bigint[]) on conflict do nothing`
    if (problem) {
      await tx`update pulls set state = 'QUARANTINED', phase = 'DELETIONS', finished_at = clock_timestamp(), error = ${problem} where id = ${pullId}`
      await supersede(tx, pull.organizationId)
      await tx`
        update organizations set problem = ${problem}, failures_running = 0,
          next_pull_at = greatest(clock_timestamp(), ${pull.startedAt}::timestamptz + coalesce(pace_seconds, pull_interval_seconds) * interval '1 second')
        where id = ${pull.organizationId}`
      return { verdict: 'QUARANTINED', problem }
    }
    await tx`update pulls set phase = 'DELETIONS' where id = ${pullId}`
    return { verdict: 'DELETIONS', candidates: candidates.length, disregardedTotal: disregarded ? expected : null }
  })
}

/** The latest full reading of the list by the pull. */
interface Reading {
  /** Number of full readings so far. */
  readonly times: number
  readonly rows: number
  /** Repeated rows. Other rows may have been skipped. */
  readonly twice: number
  /** Users that no earlier reading had shown. */
  readonly gained: number
}

async function lastReading(tx: Transaction, pullId: number, rounds: readonly Round[]): Promise<Reading> {
  const ended = isExhausted(rounds) ? rounds : rounds.slice(0, -1)
  const { from, to } = ended.at(-1) ?? { from: 1, to: 0 }
  const [row] = await tx<[Omit<Reading, 'times'>]>`
    with shown as (
      select page, id from pull_pages, unnest(ids) as id where pull_id = ${pullId} and kind = 'USERS' and page <= ${to}
    )
    select count(*) as rows, count(*) - count(distinct id) as twice,
      (select count(*) from (select id from shown where page >= ${from} except select id from shown where page < ${from}) as fresh) as gained
    from shown where page >= ${from}`
  return { times: ended.length, ...row }
}

/** Whether reading the list again may show further users. */
function mayGain({ times, twice, gained }: Reading): boolean {
  return times < mostTimes && (gained > 0 || twice > 0)
}

/**
 * Whether rows were probably lost, for a list without a total: after one reading if rows repeated, after several if the
 * latest showed new users.
 */
function isLossy({ times, rows, twice, gained }: Reading): boolean {
  return times < mostTimes && (times > 1 ? gained : twice) > rows * toleratedShortfall
}

/** Whether the two previous pulls failed with the same shortfall. In that case the vendor's total is wrong. */
async function fellShortAlike(tx: Transaction, organizationId: number, shortfall: number): Promise<boolean> {
  const before = await tx<{ shortfall: number | null; state: string }[]>`
    select shortfall, state from pulls where organization_id = ${organizationId} and state <> 'RUNNING' order by id desc limit 2`
  if (before.length === 2 && before.every((pull) => pull.shortfall === shortfall)) return true
  // A shortfall that was disregarded once stays disregarded: the last complete pull had it too.
  const [last] = await tx<{ shortfall: number | null }[]>`
    select users_expected - users_seen as shortfall from pulls
    where organization_id = ${organizationId} and state = 'COMPLETE' order by id desc limit 1`
  return last?.shortfall === shortfall
}

interface Missing {
  /** Live users that no page showed and that nothing has observed since the pull began. */
  missing: number[]
  /** Live users that were known before the pull. */
  known: number
}

export async function missingUsers(
  tx: Transaction,
  pullId: number,
  pull: { readonly organizationId: number; readonly startedAt: string; readonly firstSentAt: string },
): Promise<Missing> {
  // `except` never compares all pairs, even if the planner's statistics of newly filled tables are wrong.
  const [row] = await tx<{ missing: number[]; known: number }[]>`
    with live as (
      select u.id, greatest(u.profile_at, c.profile_at) as profile_at, u.valid_from
      from users u left join user_confirmations c on c.user_id = u.id
      where u.organization_id = ${pull.organizationId} and u.deleted_at is null
    )
    select (select count(*) from live where valid_from < ${pull.startedAt}) as known, array(
      select id from live where profile_at < ${pull.firstSentAt}
      except select unnest(ids) from pull_pages where pull_id = ${pullId} and kind = 'USERS'
      order by id
    ) as missing`
  return { missing: row?.missing ?? [], known: row?.known ?? 0 }
}

function quarantineOf(
  { missing, replaced, known }: Missing & { replaced: number },
  groups: { doomed: number[]; known: number },
): string | undefined {
  const tooMany = (gone: number, of: number) => of >= quarantineFrom && gone > of * quarantineShare
  const isReplaced = replaced > 0 && tooMany(missing.length + replaced, known)
  if (isReplaced) {
    const lost = missing.length === 0 ? '' : `no longer returns ${missing.length} of ${known} users, and `
    return `The vendor ${lost}returns other accounts at the addresses of ${replaced} of ${known} users: ending the known accounts is quarantined until resolveQuarantine decides, or a later pull returns them again`
  }
  const parts = [
    ...(tooMany(missing.length, known) ? [`${missing.length} of ${known} users`] : []),
    ...(tooMany(groups.doomed.length, groups.known) ? [`${groups.doomed.length} of ${groups.known} groups`] : []),
  ]
  if (parts.length === 0) return undefined
  return `The vendor no longer returns ${parts.join(' and ')}: their deletion is quarantined until resolveQuarantine decides, or a later pull returns them again`
}

/**
 * Keeps only the latest quarantined pulls open for a decision. Otherwise they would pile up while a vendor returns
 * nothing for days.
 */
async function supersede(tx: Transaction, organizationId: number): Promise<void> {
  const gone = await tx<{ id: number }[]>`
    update pulls set state = 'DISCARDED', error = 'Later pulls found the same; decide on the latest'
    where id in (
      select id from pulls where organization_id = ${organizationId} and state = 'QUARANTINED' and not accepted order by id desc offset 5
    ) returning id`
  await tx`delete from pull_candidates where pull_id = any(${array(gone.map((pull) => pull.id))}::bigint[])`
}
