import type { Transaction } from '../../db/database.ts'

/**
 * Computes the final figures of a listing from its pages: each user counts once, with its highest outcome. While pages
 * arrive, the figures are sums over pages. Returns the number of distinct users and the vendor's latest total, or
 * undefined if the pull is no longer listing.
 */
export async function settleFigures(
  tx: Transaction,
  pullId: number,
): Promise<{ seen: number; expected: number | null } | undefined> {
  const [row] = await tx<{ seen: number; expected: number | null }[]>`
    update pulls set users_seen = f.seen, created = f.created, updated = f.updated, unchanged = f.seen - f.created - f.updated,
      users_expected = (
        select total from pull_pages where pull_id = ${pullId} and kind = 'USERS' and total is not null order by page desc limit 1)
    from (
      select count(*) + (
        -- Rows without a user of their own: those of doubtful accounts, and those of an address in different case.
        select count(*) from (
          select user_id from user_doubts where pull_id = ${pullId}
          except select unnest(ids) from pull_pages where pull_id = ${pullId} and kind = 'USERS'
        ) doubtful
      ) + (
        select count(distinct twin) from pull_pages, unnest(twins) as twin where pull_id = ${pullId} and kind = 'USERS'
      ) as seen, count(*) filter (where outcome = 2) as created, count(*) filter (where outcome = 1) as updated from (
        select user_id, max(outcome) as outcome from pull_pages, unnest(ids, outcomes) as shown(user_id, outcome)
        where pull_id = ${pullId} and kind = 'USERS' group by user_id
      ) users
    ) f
    where id = ${pullId} and state = 'RUNNING' and phase = 'LISTING'
    returning users_seen as seen, users_expected as expected`
  return row
}
