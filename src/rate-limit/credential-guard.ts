/**
 * Keeps requests with wrong credentials from locking the account of the key.
 *
 * The vendor can refuse only requests that it has not checked yet. Requests are checked in the order in which their slots
 * were taken, so one is out of doubt once a later one is accepted. At most two requests in doubt are in progress
 * (shares.ts), and the first refusal stops the others, so the vendor sees wrong credentials twice at most.
 *
 * States, all with the digest of the credentials, in `allowances`:
 *
 * | State    | Stored                         | Requests       | Next                                        |
 * |----------|--------------------------------|----------------|---------------------------------------------|
 * | USED     | no `refused_until`             | are sent       | refused: REFUSED; of an area: DOUBTED       |
 * | DOUBTED  | `refused_until`, `doubted_until` | wait, except one that verifies | it is accepted: USED, and the area is refused; otherwise: REFUSED |
 * | REFUSED  | `refused_until`                | are rejected   | an hour has gone, or other credentials: USED |
 *
 * A second refusal leaves no request for a verification: DOUBTED becomes REFUSED. So does a doubt that is not settled in time.
 */
import type { Sql, Transaction } from '../db/database.ts'
import { isoOf } from '../db/timestamps.ts'

export interface Slot {
  /** At or before the moment at which the request is sent. */
  readonly sentAt: string
  readonly token: number
  /** Returns the slot after the response has arrived. Resolves to the time of arrival. */
  release(): Promise<string>
}

/** REFUSED: all requests with the credentials stop. DOUBTED: verify them. AREA: only requests about the area stop. */
export type Refusal = 'REFUSED' | 'DOUBTED' | 'AREA'

export interface CredentialGuard {
  /** The vendor accepted the request of the slot. */
  accept(slot: Slot): Promise<void>
  /** The vendor refused the request of the slot. Call it before the slot is returned. `area`: see `TakeOptions`. */
  refuse(slot: Slot, area: string | undefined): Promise<Refusal>
  /** Ends a doubt, by the answer to the request that verifies. */
  settle(area: string, isAccepted: boolean): Promise<void>
}

/** How long no request is sent with credentials that the vendor has refused: repeating them may lock the account. */
const refusalSeconds = 3_600
/** The request that verifies waits for other requests in doubt, which may last this long. */
const doubtSeconds = 150

export function openGuard(sql: Sql, key: string, credential: string): CredentialGuard {
  const isRefused = sql`(refused_until > clock_timestamp() and refused_credential = ${credential})`

  async function refuseArea(area: string): Promise<void> {
    await sql`
      insert into allowance_refusals as r (key, area, credential, until)
      values (${key}, ${area}, ${credential}, clock_timestamp() + ${refusalSeconds} * interval '1 second')
      on conflict (key, area) do update set credential = excluded.credential, until = excluded.until`
  }

  return {
    async accept({ token }) {
      await sql`
        update allowances set accepted_token = ${token}, accepted_credential = ${credential}
        where key = ${key} and (accepted_credential is distinct from ${credential} or accepted_token < ${token})`
    },
    async refuse({ token }, area) {
      const isArea = area !== undefined
      const row = await sql.begin(async (tx) => {
        await keepFormer(tx, key, credential)
        const [refused] = await tx<{ refusal: Refusal }[]>`
          update allowances set takes = takes + 1,
            refused_until = clock_timestamp() + ${refusalSeconds} * interval '1 second', refused_credential = ${credential},
            refusals = case when ${isRefused} then refusals + 1 else 1 end,
            doubted_until = case when ${isArea} and not coalesce(${isRefused}, false)
              then clock_timestamp() + ${doubtSeconds} * interval '1 second' end
          where key = ${key}
            and not (${isArea} and accepted_credential is not distinct from ${credential} and accepted_token > ${token})
          returning case when doubted_until is null then 'REFUSED' else 'DOUBTED' end as refusal`
        return refused
      })
      if (row || area === undefined) return row?.refusal ?? 'REFUSED'
      // The vendor has accepted a later request, so it knows the credentials.
      await refuseArea(area)
      return 'AREA'
    },
    async settle(area, isAccepted) {
      if (isAccepted) await refuseArea(area)
      await sql`
        update allowances set doubted_until = null,
          refused_until = case when not ${isAccepted} then refused_until end,
          refusals = case when ${isAccepted} then 0 else refusals end
        where key = ${key} and refused_credential = ${credential} and refusals = 1 and doubted_until is not null`
    },
  }
}

/**
 * The row of an allowance has room for one refused password. That of another process is kept beside the areas, so that
 * two wrong ones do not take turns.
 */
async function keepFormer(tx: Transaction, key: string, credential: string): Promise<void> {
  await tx`select from allowances where key = ${key} for update`
  await tx`
    insert into allowance_refusals (key, area, credential, until)
    select key, ${ofCredential('')}::text || refused_credential, refused_credential, refused_until from allowances
    where key = ${key} and refused_until > clock_timestamp() and refused_credential <> ${credential}
    on conflict (key, area) do update set until = excluded.until`
}

/** Stands for an area in `allowance_refusals`. No domain has a space. */
export function ofCredential(credential: string): string {
  return `the credential ${credential}`
}

/**
 * Records that a request is about the area, before it is sent. `refusedUntil`: the vendor has refused the area. `isAsked`:
 * another request about the area is in doubt, so this one must wait: two refusals of one area would otherwise look like
 * wrong credentials. Each of two requests that are recorded at the same moment sees the other one, because each is
 * recorded before it looks.
 */
export async function claimArea(
  sql: Sql,
  key: string,
  area: string,
  credential: string,
  { slot, token }: { readonly slot: number; readonly token: number },
): Promise<{ readonly refusedUntil: string | undefined; readonly isAsked: boolean }> {
  await sql`update allowance_slots set area = ${area} where key = ${key} and slot = ${slot} and token = ${token}`
  const [row] = await sql<{ until: string | null; isAsked: boolean }[]>`
    select (
      select until from allowance_refusals
      where key = ${key} and area = ${area} and credential = ${credential} and until > clock_timestamp()) as until,
      exists (
        select from allowance_slots s join allowances a on a.key = s.key
        where s.key = ${key} and s.area = ${area} and s.token <> ${token}
          and s.free_at > clock_timestamp() and s.held_until > clock_timestamp()
          and (a.accepted_credential is distinct from ${credential} or s.token > a.accepted_token)) as "isAsked"`
  return { refusedUntil: row?.until ? isoOf(row.until) : undefined, isAsked: row?.isAsked ?? false }
}
