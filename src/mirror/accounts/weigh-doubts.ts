/**
 * Evaluates the doubts about accounts after a pull's pages are applied: which of them a point read may decide, and
 * whether the source itself is wrong. A source is wrong if its creation times change for many users at once, or differ
 * between lists and point reads for many users. Such a source is distrusted until lists show the known times again.
 */

import type { Transaction } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import { isoOf, isoOrNull } from '../../db/timestamps.ts'
import type { Round } from '../pulls/list-rounds.ts'
import { compareCreations } from './account-creation.ts'
import { distrustBits, isPredecessor } from './judge-account.ts'

/** Up to this many doubts at once are decided one by one. */
const fewDoubts = 3
/**
 * Beyond that, doubts up to this share of the users, and up to this number, are usual. Further ones wait until the next
 * pull shows the same.
 */
const usualShare = 0.1
const usualDoubts = 25
/**
 * A source is wrong if point reads of a sample contradict it, or its time moved again, for at least this many and at
 * least this share of the users.
 */
const fewestContradictions = 3
const contradictedShare = 0.01
/** Number of point reads in a sample. */
const sampleSize = 12

export type WeighedDoubts =
  /** Point reads must examine these users first. */
  | { readonly verdict: 'SAMPLE'; readonly sample: readonly SampledUser[] }
  /**
   * Creation times in lists are distrusted from now on. Rows that were held back because of them must be read again.
   */
  | { readonly verdict: 'AGAIN' }
  | {
      readonly verdict: 'WEIGHED'
      /** Live users whose account a point read may decide. */
      readonly ready: readonly number[]
      /** Live users that wait for the next pull. */
      readonly held: readonly number[]
      /** Tombstones that the list shows. */
      readonly returned: readonly number[]
    }

export interface SampledUser {
  readonly userId: number
  readonly spelled: string
}

interface PullInOrganization {
  readonly id: number
  readonly organizationId: number
  readonly firstSentAt: string
}

interface DoubtRow {
  readonly userId: number
  readonly source: 'LIST' | 'READ'
  readonly spelled: string
  readonly isLive: boolean
  readonly moves: number
  readonly refuted: boolean
  /** A point read has examined it since the pull began. */
  readonly examined: boolean
  /** An earlier pull found the doubt too. */
  readonly isOld: boolean
  /** A point read has agreed, in this pull or before. */
  readonly confirmed: boolean
  /**
   * SIGN: shows another account. EARLIER: a list shows an earlier creation time; no point read ends an account because
   * of it. PREDECESSOR: shows an account that was proved gone: the response is late, and its source is not wrong about
   * creation times.
   */
  readonly shows: 'SIGN' | 'EARLIER' | 'PREDECESSOR'
  /** Shown by this pull or a point read, or contradicted by one. */
  readonly isShown: boolean
}

/** `maySample`: false after the sample of this pull was read. `users`: the number of live users. */
export async function weighDoubts(
  tx: Transaction,
  pull: PullInOrganization,
  users: number,
  maySample: boolean,
): Promise<WeighedDoubts> {
  const [doubts, hidden] = await loadDoubts(tx, pull)
  if (doubts.length === 0) return { verdict: 'WEIGHED', ready: hidden, held: [], returned: [] }
  const ofLive = doubts.filter(({ isLive }) => isLive)
  // A list row that shows no sign of another account is not applied to any user. Its users count as missing and are
  // read as missing users.
  const open = ofLive.filter(({ refuted, shows, source }) => !refuted && (shows === 'SIGN' || source === 'READ'))
  const base = open.some(({ source }) => source === 'READ') ? await usersAsked(tx, pull.organizationId) : users
  const limit = usualLimit(users)
  const areMany = open.length > limit || open.filter(isOfRead).length > usualLimit(Math.min(base, users))

  const judged = ofLive.filter(({ shows }) => shows === 'SIGN')
  const earlier = ofLive.filter(({ shows }) => shows === 'EARLIER')
  const wrong = wrongSources(judged, { LIST: users, READ: Math.min(base, users) }, limit) | wrongEarlier(earlier, limit)
  const known = await readDistrust(tx, pull.organizationId)
  if (wrong !== 0) await distrust(tx, pull.organizationId, wrong)
  // The list is read again only once: a list that is already distrusted would show nothing more.
  if ((wrong & ~known & (distrustBits.LIST | distrustBits.KNOWN)) !== 0) return { verdict: 'AGAIN' }
  const left = open.filter(({ source }) => (wrong & distrustBits[source]) === 0)
  const toSample = [left, earlier].find((some) => {
    const isNew = some.length > 0 && some.every(({ examined }) => !examined)
    return isNew && (some === left ? areMany : wrong === 0 && some.length > limit)
  })
  if (toSample && maySample) return { verdict: 'SAMPLE', sample: sampleOf(toSample) }
  // A doubt whose creation time has moved must remain unchanged for one pull.
  const isReady = ({ isOld, moves }: DoubtRow) => isOld || (!areMany && moves === 0)
  const idsOf = (rows: readonly DoubtRow[]) => rows.map(({ userId }) => userId)
  await tx`
    update user_doubts set first_pull_id = coalesce(first_pull_id, ${pull.id})
    where user_id = any(${array(idsOf([...left, ...ofLive.filter(({ shows }) => shows === 'PREDECESSOR')]))}::bigint[])`
  return {
    verdict: 'WEIGHED',
    ready: [...idsOf(left.filter(isReady)), ...hidden],
    held: idsOf(left.filter((doubt) => !isReady(doubt))),
    returned: idsOf(doubts.filter(({ isLive }) => !isLive)),
  }
}

const isOfRead = ({ source }: DoubtRow) => source === 'READ'

/** The number of re-created users in one pull up to which the pull is not unusual. */
function usualLimit(users: number): number {
  return Math.max(fewDoubts, Math.min(usualDoubts, Math.floor(users * usualShare)))
}

/** Evenly spread over all doubts, so that the sample is representative. */
function sampleOf(doubts: readonly DoubtRow[]): SampledUser[] {
  const step = Math.max(1, doubts.length / sampleSize)
  const places = Array.from({ length: Math.min(sampleSize, doubts.length) }, (_, i) => Math.floor(i * step))
  return places.flatMap((place) => doubts[place] ?? [])
}

/** The bits of the sources that are wrong. */
function wrongSources(
  doubts: readonly DoubtRow[],
  users: Readonly<Record<DoubtRow['source'], number>>,
  limit: number,
): number {
  type Test = (doubt: DoubtRow) => boolean
  /** Estimated from the doubts that were examined (`looked`), which represent all of them. */
  const isWrong = (source: DoubtRow['source'], fits: Test, looked: Test) => {
    const all = doubts.filter((doubt) => doubt.source === source)
    const sample = all.filter(looked)
    const hits = sample.filter(fits).length
    const enough = Math.max(fewestContradictions, users[source] * contradictedShare)
    return hits >= fewestContradictions && (hits / sample.length) * all.length >= enough
  }
  const isRefuted = ({ refuted }: DoubtRow) => refuted
  const isMoving = ({ moves }: DoubtRow) => moves > 0
  const wasLookedInto = ({ refuted, examined }: DoubtRow) => refuted || examined
  const open = doubts.filter(({ refuted }) => !refuted)
  // Many doubts in each of two consecutive pulls: no one replaces an organization's users in pull after pull.
  const waves = [open.filter(({ isOld }) => isOld), open.filter(({ isOld }) => !isOld)]
  const comesInWaves = waves.every((wave) => wave.length > limit)
  const movesInLists = isWrong('LIST', isMoving, () => true) || isWrong('LIST', isMoving, wasLookedInto) || comesInWaves
  const movesInReads = isWrong('READ', isMoving, wasLookedInto)
  const isConfirmed = open.some(({ source, confirmed }) => source === 'LIST' && confirmed)
  return (
    (isWrong('LIST', isRefuted, wasLookedInto) || movesInLists ? distrustBits.LIST : 0) |
    (isWrong('READ', isRefuted, () => true) || movesInReads || (movesInLists && isConfirmed) ? distrustBits.READ : 0)
  )
}

/**
 * The bits of the sources that are wrong, given rows of a list with earlier creation times than the known ones. A few
 * rows may be late, but not many.
 */
function wrongEarlier(doubts: readonly DoubtRow[], limit: number): number {
  const looked = doubts.filter(({ refuted, examined }) => refuted || examined)
  const estimate = (hits: number) => (looked.length === 0 ? 0 : (hits / looked.length) * doubts.length)
  const refuted = doubts.filter((doubt) => doubt.refuted).length
  const confirmed = doubts.filter((doubt) => doubt.examined && doubt.confirmed).length
  return (
    (refuted >= fewestContradictions && estimate(refuted) > limit ? distrustBits.LIST : 0) |
    (confirmed >= fewestContradictions && estimate(confirmed) > limit ? distrustBits.KNOWN : 0)
  )
}

/**
 * Whether rows of the list were held back because of a creation time that is now distrusted, and the list has not been
 * read again since.
 */
export async function waitsForRows(
  tx: Transaction,
  { id, organizationId }: Pick<PullInOrganization, 'id' | 'organizationId'>,
  rounds: readonly Round[],
): Promise<boolean> {
  const [row] = await tx<{ since: number | null }[]>`
    select (
      select min(page) from pull_pages where pull_id = ${id} and kind = 'USERS' and sent_at > o.creation_distrusted_at) as since
    from organizations o join pulls p on p.id = ${id}
    where o.id = ${organizationId} and o.creation_distrusted_at > p.first_sent_at
      and o.creation_distrust & ${distrustBits.LIST | distrustBits.KNOWN}::int <> 0`
  if (!row) return false
  const { since } = row
  return since === null || !rounds.some(({ pages }) => (pages.at(0)?.page ?? 0) >= since)
}

async function readDistrust(tx: Transaction, organizationId: number): Promise<number> {
  const [row] = await tx<[{ distrust: number }]>`
    select creation_distrust as distrust from organizations where id = ${organizationId}`
  return row.distrust
}

/**
 * Returns the doubts to weigh, and the live users whose sign of another account an earlier pull showed, and this one
 * does not: their rows have no comparable creation time any more, or are missing.
 */
async function loadDoubts(
  tx: Transaction,
  { id, organizationId, firstSentAt }: PullInOrganization,
): Promise<[DoubtRow[], hidden: number[]]> {
  const rows = await tx<
    (Omit<DoubtRow, 'shows'> & { known: string | null; shown: string | null; predecessors: string[] })[]
  >`
    select d.user_id as "userId", d.source, d.spelled, u.deleted_at is null as "isLive", d.moves, d.refuted,
      coalesce(d.examined_at > ${firstSentAt}, false) as examined, coalesce(d.first_pull_id <> ${id}, false) as "isOld",
      d.examined_at is not null and not d.refuted as confirmed, d.source = 'READ' or d.refuted or d.pull_id = ${id} as "isShown",
      u.created_at as known, d.created_at as shown, array(
        select p.created_at::text from users p where p.organization_id = u.organization_id and p.address_key = u.address_key
          and p.id <> u.id and p.created_at is not null order by p.id desc limit 10) as predecessors
    from user_doubts d join users u on u.id = d.user_id
    where d.organization_id = ${organizationId} and (d.source = 'LIST' or not d.refuted or d.examined_at > ${firstSentAt})
    order by d.user_id`
  const doubts = rows.map(({ known, shown, predecessors, ...doubt }) => ({
    ...doubt,
    shows: shownBy(isoOrNull(known), isoOrNull(shown), predecessors.map(isoOf)),
  }))
  const hidden = doubts.filter(({ isShown, isLive, shows }) => !isShown && isLive && shows === 'SIGN')
  return [doubts.filter(({ isShown }) => isShown), hidden.map(({ userId }) => userId)]
}

function shownBy(known: string | null, shown: string | null, predecessors: readonly string[]): DoubtRow['shows'] {
  if (isPredecessor({ profile: { createdAt: known }, predecessors }, shown)) return 'PREDECESSOR'
  return compareCreations(known, shown) === 'EARLIER' ? 'EARLIER' : 'SIGN'
}

/** Number of users read one by one since the last complete pull began. */
async function usersAsked(tx: Transaction, organizationId: number): Promise<number> {
  const [row] = await tx<[{ users: number }]>`
    select count(*) as users from users u left join user_confirmations c on c.user_id = u.id
    where u.organization_id = ${organizationId} and u.deleted_at is null
      and greatest(u.read_at, c.asked_at) >= (select profile_as_of from organizations where id = ${organizationId})`
  return row.users
}

/** Marks the sources as distrusted and deletes the doubts that they raised. */
async function distrust(tx: Transaction, organizationId: number, sources: number): Promise<void> {
  await tx`
    update organizations set creation_distrust = creation_distrust | ${sources}::smallint, creation_distrusted_at = clock_timestamp()
    where id = ${organizationId}`
  const names = (['LIST', 'READ'] as const).filter((source) => (sources & distrustBits[source]) !== 0)
  await tx`
    delete from user_doubts d using users u
    where d.organization_id = ${organizationId} and d.source = any(${array(names)}::text[]) and u.id = d.user_id and u.deleted_at is null`
}

/** Trusts lists again if almost no row of the pull contradicts the known accounts. */
export async function settleDistrust(tx: Transaction, pullId: number, organizationId: number): Promise<void> {
  // The pull has corrected the known times.
  await tx`
    update organizations set creation_distrust = creation_distrust & ~${distrustBits.KNOWN}::int
    where id = ${organizationId} and creation_distrust & ${distrustBits.KNOWN}::int <> 0`
  const [row] = await tx<{ users: number; contradictions: number }[]>`
    select (select count(*) from users u where u.organization_id = o.id and u.deleted_at is null) as users, (
        select coalesce(sum(contradictions), 0)::int from pull_pages
        where pull_id = ${pullId} and kind = 'USERS' and sent_at > o.creation_distrusted_at) as contradictions
    from organizations o
    where o.id = ${organizationId} and o.creation_distrust & ${distrustBits.LIST}::int <> 0
      and exists (
        select from pull_pages where pull_id = ${pullId} and kind = 'USERS' and rows > 0 and sent_at > o.creation_distrusted_at)`
  if (!row || row.contradictions > usualLimit(row.users)) return
  await tx`update organizations set creation_distrust = 0, creation_distrusted_at = null where id = ${organizationId}`
}
