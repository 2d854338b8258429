import type { Transaction } from './database.ts'

/**
 * Puts a listing's figures down as its pages tell them, each user once however many of them showed it, and by the most that came of it. While
 * pages come in, the figures are sums of theirs. Gives the distinct users, and the vendor's own total as last told; undefined where the pull
 * does not list any more.
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
        -- Rows that no user was made of: those of doubtful accounts, and those of one address in other letters.
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
