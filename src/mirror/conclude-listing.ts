/**
 * What follows from a pull's pages once all are applied: whether they are complete, and who is missing. Absence from a pull proves
 * nothing by itself, since offset paging skips rows while users come and go; it only says whom to ask for.
 */

import { array } from './array.ts'
import type { Sql, Transaction } from './database.ts'
import { inOrganizationOfPull } from './in-organization.ts'
import { isExhausted, mayBeCut, type Round, roundsOf } from './list-rounds.ts'
import { lockOrganizationOfPull } from './organization-lock.ts'
import { settleFigures } from './pull-figures.ts'
import { readPages } from './pulls.ts'
import { doomedGroups } from './settle-groups.ts'
import { type SampledUser, waitsForRows, weighDoubts } from './weigh-doubts.ts'

/** A pull whose distinct users fall short of the vendor's total by more than this broke off somewhere. */
const toleratedShortfall = 0.01
/** How often one pull goes through a list that keeps moving. */
const mostTimes = 12
/** More than this share of an organization does not go in one pull without somebody's decision, … */
const quarantineShare = 0.2
/** … where it has at least so many. */
const quarantineFrom = 25

export type Conclusion =
  | { verdict: 'OVER' }
  /** As many rows as the vendor counts, but some of them twice: another page may hold the rest. */
  | { verdict: 'MORE' }
  /** Short, with the list read to its end, but another time through it may show the rest. */
  | { verdict: 'AGAIN' }
  | { verdict: 'SHORT'; seen: number; expected: number }
  /** Many users look like other accounts: point reads of some of them come first. */
  | { verdict: 'SAMPLE'; sample: readonly SampledUser[] }
  | { verdict: 'QUARANTINED'; problem: string }
  | { verdict: 'DELETIONS'; candidates: number; disregardedTotal: number | null }

/** `maySample`: no sample was read yet. */
export async function concludeListing(sql: Sql, pullId: number, maySample: boolean): Promise<Conclusion> {
  return await inOrganizationOfPull(sql, pullId, async (tx) => {
    await lockOrganizationOfPull(tx, pullId)
    const [pull] = await tx<{ organizationId: number; startedAt: string; firstSentAt: string }[]>`
      select organization_id as "organizationId", started_at as "startedAt", first_sent_at as "firstSentAt" from pulls
      where id = ${pullId} and state = 'RUNNING' and phase = 'LISTING' for update`
    if (!pull) return { verdict: 'OVER' }
    const pages = await readPages(tx, pullId)
    const rounds = roundsOf(pages, 'USERS')
    if (await waitsForRows(tx, { id: pullId, ...pull }, rounds)) return { verdict: 'AGAIN' }
    const figures = await settleFigures(tx, pullId)
    if (!figures) return { verdict: 'OVER' }
    const { seen, expected } = figures
    if (expected !== null && seen < expected && !isExhausted(rounds)) return { verdict: 'MORE' }
    if (expected === null && isLossy(await lastReading(tx, pullId, rounds))) return { verdict: 'AGAIN' }
    const short = expected !== null && expected - seen > expected * toleratedShortfall
    const disregarded = short && (await fellShortAlike(tx, pull.organizationId, expected - seen))
    if (short && !disregarded)
      return mayGain(await lastReading(tx, pullId, rounds))
        ? { verdict: 'AGAIN' }
        : { verdict: 'SHORT', seen, expected }

    const known = await missingUsers(tx, pullId, pull)
    // Whoever is missing from a list that may be cut is perhaps on the rest of it.
    const users = mayBeCut(pages, 'USERS') ? { ...known, missing: [] } : known
    const doubts = await weighDoubts(tx, { id: pullId, ...pull }, users.known, maySample)
    if (doubts.verdict !== 'WEIGHED') return doubts
    const groups = await doomedGroups(tx, pullId, pull.organizationId)
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

/** The last time that the pull read the list to its end. */
interface Reading {
  /** How often it has read it. */
  readonly times: number
  readonly rows: number
  /** Rows that came again, so that others perhaps did not come. */
  readonly twice: number
  /** Users whom no reading before had shown. */
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

/** Whether another time through the list may show users that the pull lacks. */
function mayGain({ times, twice, gained }: Reading): boolean {
  return times < mostTimes && (gained > 0 || twice > 0)
}

/** Without a total: rows that came again say that others were passed over, and who came for the first time, that there may be more. */
function isLossy({ times, rows, twice, gained }: Reading): boolean {
  return times < mostTimes && (times > 1 ? gained : twice) > rows * toleratedShortfall
}

/** Whether the two pulls before this one failed by the same shortfall: then it is the vendor's total that is wrong. */
async function fellShortAlike(tx: Transaction, organizationId: number, shortfall: number): Promise<boolean> {
  const before = await tx<{ shortfall: number | null; state: string }[]>`
    select shortfall, state from pulls where organization_id = ${organizationId} and state <> 'RUNNING' order by id desc limit 2`
  if (before.length === 2 && before.every((pull) => pull.shortfall === shortfall)) return true
  // Once disregarded, the same shortfall stays disregarded: the last complete pull had it too.
  const [last] = await tx<{ shortfall: number | null }[]>`
    select users_expected - users_seen as shortfall from pulls
    where organization_id = ${organizationId} and state = 'COMPLETE' order by id desc limit 1`
  return last?.shortfall === shortfall
}

interface Missing {
  /** Live users whom no page showed and nothing has observed since the pull began. */
  missing: number[]
  /** Live users that were known before the pull. */
  known: number
}

export async function missingUsers(
  tx: Transaction,
  pullId: number,
  pull: { readonly organizationId: number; readonly startedAt: string; readonly firstSentAt: string },
): Promise<Missing> {
  // By `except`, which never compares each with each, whatever the planner believes of tables that have just been filled.
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
    const lost = missing.length === 0 ? '' : `no longer shows ${missing.length} of ${known} users, and `
    return `The vendor ${lost}shows other accounts at the addresses of ${replaced} of ${known} users: the end of the known ones waits in quarantine until resolveQuarantine decides, or a later pull shows them again`
  }
  const parts = [
    ...(tooMany(missing.length, known) ? [`${missing.length} of ${known} users`] : []),
    ...(tooMany(groups.doomed.length, groups.known) ? [`${groups.doomed.length} of ${groups.known} groups`] : []),
  ]
  if (parts.length === 0) return undefined
  return `The vendor no longer shows ${parts.join(' and ')}: their deletion waits in quarantine until resolveQuarantine decides, or a later pull shows them again`
}

/** Only the latest few quarantined pulls stay open to a decision; a vendor that shows nothing for days would pile them up. */
async function supersede(tx: Transaction, organizationId: number): Promise<void> {
  const gone = await tx<{ id: number }[]>`
    update pulls set state = 'DISCARDED', error = 'Later pulls found the same: decide on the latest'
    where id in (
      select id from pulls where organization_id = ${organizationId} and state = 'QUARANTINED' and not accepted order by id desc offset 5
    ) returning id`
  await tx`delete from pull_candidates where pull_id = any(${array(gone.map((pull) => pull.id))}::bigint[])`
}
